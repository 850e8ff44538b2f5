//! tract: pure Rust, in every build.

mod inputs;

use std::any::Any;
use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;

use tenshot_measurement as domain;
use tract_onnx::prelude::{
    Framework, InferenceModel, InferenceModelExt, IntoRunnable, RunOptions, TValue, TVec, TractError,
    TypedRunnableModel,
};
use tract_onnx::tract_core::tract_linalg::multithread::Executor;

use crate::backend::{BackendError, Inference, LoadOptions, Runtime, RuntimeChoice, RuntimeFamily};

/// What the runtime is called.
const NAME: &str = "tract";

/// Its only execution provider.
const EXECUTION_PROVIDER: &str = "cpu";

/// The version that this build contains. tract does not tell it itself; a test compares it with the
/// lock file.
const VERSION: &str = "0.23.9";

/// tract, computing on the processor.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tract;

impl RuntimeFamily for Tract {
    fn name(&self) -> &'static str {
        NAME
    }

    fn available(&self) -> Vec<domain::Backend> {
        vec![self.identity()]
    }

    fn provider_options(&self, _execution_provider: &str) -> &'static [&'static str] {
        &[]
    }

    fn takes_library(&self) -> bool {
        false
    }

    fn open(&self, _choice: &RuntimeChoice) -> Result<Box<dyn Runtime>, BackendError> {
        Ok(Box::new(*self))
    }
}

impl Runtime for Tract {
    fn identity(&self) -> domain::Backend {
        domain::Backend {
            name: NAME.to_owned(),
            version: VERSION.to_owned(),
            execution_provider: EXECUTION_PROVIDER.to_owned(),
        }
    }

    fn load(&self, model: &[u8], options: &LoadOptions) -> Result<Box<dyn Inference>, BackendError> {
        // tract takes much of a file on trust, and panics where the trust was misplaced.
        catch_unwind(AssertUnwindSafe(|| load(model, options))).unwrap_or_else(|panic| {
            let cause = panic_message(&*panic);
            if cause.contains(OUT_OF_MEMORY) { resume_unwind(panic) } else { Err(unsupported(cause)) }
        })
    }
}

/// tract's words where a tensor does not fit into memory: no fault of the model's.
const OUT_OF_MEMORY: &str = "failed to allocate";

/// A model in tract, ready to run.
struct Loaded {
    plan: Arc<TypedRunnableModel>,
    inputs: TVec<TValue>,
    batch: u32,
    /// Of the last inference: what "left in memory" means.
    outputs: TVec<TValue>,
}

impl Inference for Loaded {
    fn infer(&mut self) -> Result<(), BackendError> {
        // Values are counted references: the clone copies no numbers.
        let inputs = self.inputs.clone();
        self.outputs = self
            .plan
            .run(inputs)
            .map_err(|error| BackendError::Inference { runtime: NAME, cause: one_line(&error) })?;
        Ok(())
    }

    fn batch(&self) -> u32 {
        self.batch
    }
}

fn load(bytes: &[u8], options: &LoadOptions) -> Result<Box<dyn Inference>, BackendError> {
    let mut model = parse(bytes)?;
    let (inputs, batch) = inputs::fix_and_fill(&mut model, options)?;
    let optimised = model.into_optimized().map_err(|error| unsupported(one_line(&error)))?;
    let plan = match options.threads {
        0 | 1 => optimised.into_runnable(),
        threads => {
            let executor = Executor::multithread(threads as usize);
            optimised.into_runnable_with_options(&RunOptions { executor: Some(executor), ..RunOptions::default() })
        }
    };
    let plan = plan.map_err(|error| unsupported(one_line(&error)))?;
    Ok(Box::new(Loaded { plan, inputs, batch, outputs: TVec::new() }))
}

fn parse(bytes: &[u8]) -> Result<InferenceModel, BackendError> {
    // The shapes of intermediate values that a file may hold are those of its free batch; tract
    // works them out anew for the batch that is measured.
    let onnx = tract_onnx::onnx().with_ignore_value_info(true);
    let file = onnx
        .proto_model_for_read(&mut Cursor::new(bytes))
        .map_err(|error| BackendError::NotOnnx { cause: one_line(&error) })?;
    if file.graph.is_none() {
        return Err(BackendError::NotOnnx { cause: "it holds no graph".to_owned() });
    }
    onnx.model_for_proto_model(&file).map_err(|error| unsupported(one_line(&error)))
}

fn unsupported(cause: String) -> BackendError {
    BackendError::Unsupported { runtime: NAME, cause }
}

/// An error with its causes on one line of bounded length: tract prints whole nodes at times.
fn one_line(error: &TractError) -> String {
    const MOST: usize = 300;
    let line = format!("{error:#}").split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
        None => line,
    }
}

fn panic_message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("it panicked").to_owned()
}

#[cfg(test)]
mod tests;
