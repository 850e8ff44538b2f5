//! A campaign over real processes, and what it survives.

use tenshot_tests::{Lab, Ran, tenshot, until};

/// Networks that run in a few milliseconds, so that these tests are about the lab and not about the networks.
const REFERENCES: &str = "|none~0|+|none~0|none~1|+|skip_connect~0|none~1|none~2|,\
                          |nor_conv_1x1~0|+|none~0|none~1|+|skip_connect~0|none~1|none~2|,\
                          |avg_pool_3x3~0|+|none~0|none~1|+|skip_connect~0|none~1|none~2|";

/// How many attempts each task of the newest campaign has had.
fn attempts(lab: &Lab) -> Vec<i64> {
    let campaign = lab.tenshot(&["campaign", "show", "--json"]).json();
    let tasks = campaign["tasks_detail"].as_array().into_iter().flatten();
    tasks.map(|task| task["attempts"].as_i64().unwrap_or(-1)).collect()
}

#[test]
fn ten_measurements_become_a_predictor_that_can_be_pulled() {
    let lab = Lab::start();
    let mut agent = lab.agent("board");
    let created = lab.create_campaign(&["--name", "first", "--references", REFERENCES, "--cool-down", "0"]);
    assert_eq!(created["tasks"], 3);
    let watched = lab.tenshot(&["campaign", "watch", "--json"]).json();
    assert_eq!(watched["state"], "complete");

    let devices = lab.tenshot(&["devices", "list", "--json"]).json();
    assert_eq!((&devices[0]["name"], &devices[0]["online"]), (&"board".into(), &true.into()));
    let device = lab.tenshot(&["devices", "show", "board", "--json"]).json();
    assert_eq!(device["targets"][0]["embeddings"][0]["latencies_ms"].as_array().unwrap().len(), 3);
    let predictors = lab.tenshot(&["predictors", "list", "--json"]).json();
    assert_eq!(predictors[0]["shots"], 3);

    let asked = lab.tenshot(&["predict", "--json", "9930", "1462"]).json();
    let pulled = lab.tenshot(&["predictors", "pull", "--out", "board.safetensors", "--json"]).json();
    assert_eq!(pulled["predictor"]["version"], 1);
    let file = lab.folder().join("board.safetensors");
    let alone = Ran::of(tenshot(["predict", "--json", "9930", "1462", "--predictor"]).arg(&file)).json();
    assert_eq!(asked, alone, "the file says what the coordinator says");
    assert_eq!(agent.terminate(), Some(0), "SIGTERM is a clean end");
}

#[test]
fn killed_processes_lose_and_double_nothing() {
    let mut lab = Lab::start();
    let mut agent = lab.agent("board");
    let _ =
        lab.create_campaign(&["--name", "first", "--references", "random:20", "--cool-down", "0", "--attempts", "1"]);
    let ended = |lab: &Lab| attempts(lab).iter().filter(|attempts| **attempts > 0).count();
    let wait_for = |lab: &Lab, count: usize| until("measurements", || (ended(lab) >= count).then_some(()));

    wait_for(&lab, 2);
    lab.kill_coordinator();
    lab.restart_coordinator();
    wait_for(&lab, 5);
    agent.kill();
    agent = lab.agent("board");
    wait_for(&lab, 8);
    lab.restart_coordinator();
    agent.kill();
    let _agent = lab.agent("board");

    let watched = lab.tenshot(&["campaign", "watch", "--json"]).json();
    assert_eq!(watched["state"], "complete");
    assert_eq!(attempts(&lab), [1; 20], "every task was measured once, and none twice");
}

#[test]
fn an_agent_without_its_coordinator_goes_on_when_it_is_back() {
    let mut lab = Lab::start();
    let _agent = lab.agent("board");
    let _ = lab.create_campaign(&["--name", "first", "--references", REFERENCES, "--cool-down", "0"]);
    lab.kill_coordinator();
    lab.restart_coordinator();
    let watched = lab.tenshot(&["campaign", "watch", "--json"]).json();
    assert_eq!(watched["state"], "complete");
}

#[test]
fn every_campaign_has_a_page_in_every_state() {
    let lab = Lab::start();
    let mut agent = lab.agent("board");
    until("the board to enrol", || (lab.tenshot(&["devices", "show", "board"]).code == Some(0)).then_some(()));
    agent.kill();
    let page = |arguments: &[&str]| {
        let path = lab.tenshot(&[&["campaign", "report"], arguments].concat()).success();
        std::fs::read_to_string(lab.folder().join(path.trim())).unwrap().replace('\u{a0}', " ")
    };
    let _ = lab.create_campaign(&["--name", "two", "--references", REFERENCES, "--batch", "1,2", "--cool-down", "0"]);
    let running = page(&[]);
    assert!(running.contains("on <strong>2 targets</strong>") && running.contains("0 of 3"), "{running}");
    assert!(running.contains("are measured: there is no predictor yet."), "{running}");
    let _ = lab.tenshot(&["campaign", "cancel", "1"]).success();
    let cancelled = page(&["1", "-o", "cancelled.html"]);
    assert!(cancelled.contains("This campaign was cancelled when 0 of 3 networks were measured."), "{cancelled}");

    let _agent = lab.agent("board");
    let _ = lab.create_campaign(&["--name", "one", "--references", REFERENCES, "--probes", "2", "--cool-down", "0"]);
    let _ = lab.tenshot(&["campaign", "watch", "--json"]).json();
    let complete = page(&[]);
    assert!(complete.contains("predict <strong>2 others</strong> that the predictor never saw"), "{complete}");
    let missing = lab.tenshot(&["campaign", "report", "77"]);
    assert_eq!(missing.code, Some(3), "{}", missing.stderr);
    assert!(missing.stderr.contains("there is no campaign 77"), "{}", missing.stderr);
}
