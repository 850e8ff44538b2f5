//! Reads Transformers from the settings of a text, and says which setting is at fault.

use std::str::FromStr;

use super::settings::{Setting, Settings};
use super::{DecoderLayer, EncoderLayer, HatError, Key, Transformer};

impl FromStr for Transformer {
    type Err = HatError;

    fn from_str(text: &str) -> Result<Self, HatError> {
        let settings = Settings::read(text)?;
        let encoder_depth = settings.number(Key::EncoderDepth)? as usize;
        let encoder = |key| settings.list(key, encoder_depth, Self::ENCODER_LAYERS);
        let (feed_forward, heads) = (encoder(Key::EncoderFeedForward)?, encoder(Key::EncoderHeads)?);
        let encoder_layers =
            std::array::from_fn(|i| EncoderLayer { feed_forward: feed_forward[i] as u16, heads: heads[i] as u8 });

        let decoder_depth = settings.number(Key::DecoderDepth)? as usize;
        let decoder = |key| settings.list(key, decoder_depth, Self::MAXIMUM_DECODER_LAYERS);
        let (feed_forward, self_heads) = (decoder(Key::DecoderFeedForward)?, decoder(Key::DecoderSelfHeads)?);
        let (cross_heads, spans) = (decoder(Key::DecoderCrossHeads)?, decoder(Key::DecoderSpan)?);
        let decoder_layer = |i: usize| DecoderLayer {
            feed_forward: feed_forward[i] as u16,
            self_heads: self_heads[i] as u8,
            cross_heads: cross_heads[i] as u8,
            span: DecoderLayer::span_from_written(spans[i]),
        };
        let decoder_layers: Vec<_> = (0..decoder_depth).map(decoder_layer).collect();

        let embedding = |key| settings.number(key).map(|features| features as u16);
        Self::new(embedding(Key::EncoderEmbedding)?, embedding(Key::DecoderEmbedding)?, encoder_layers, &decoder_layers)
    }
}

impl Settings {
    /// A number that its key allows.
    fn number(&self, key: Key) -> Result<i64, HatError> {
        match self.get(key)? {
            &Setting::Number(value) => key.check(value).map(|()| value),
            Setting::List(_) => Err(HatError::NotNumber { key }),
        }
    }

    /// The first `depth` numbers of a list of at most `most`, all of which their key allows.
    fn list(&self, key: Key, depth: usize, most: usize) -> Result<&[i64], HatError> {
        let Setting::List(values) = self.get(key)? else { return Err(HatError::NotList { key }) };
        let used = values.get(..depth).filter(|_| values.len() <= most);
        let used = used.ok_or(HatError::Count { key, count: values.len(), least: depth, most })?;
        used.iter().zip(1..).try_for_each(|(&value, position)| key.check_at(position, value))?;
        Ok(used)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, proptest};
    use proptest::sample::Index;
    use rand_xoshiro::Xoshiro256PlusPlus;
    use rand_xoshiro::rand_core::SeedableRng;

    use super::*;

    const YAML: &str = "\
# A comment
encoder-embed-dim-subtransformer: 512
decoder-embed-dim-subtransformer: 640 # another

encoder-ffn-embed-dim-all-subtransformer: [3072, 3072, 3072, 2048, 1024, 512]
decoder-ffn-embed-dim-all-subtransformer: [3072, 1024]

encoder-layer-num-subtransformer: 6
decoder-layer-num-subtransformer: 2

encoder-self-attention-heads-all-subtransformer: [8, 8, 4, 8, 2, 8]
decoder-self-attention-heads-all-subtransformer: [8, 2]
decoder-ende-attention-heads-all-subtransformer: [8, 4]

decoder-arbitrary-ende-attn-all-subtransformer: [-1, 2]
";

    fn error(from: &str, to: &str) -> String {
        assert!(YAML.contains(from));
        YAML.replace(from, to).parse::<Transformer>().unwrap_err().to_string()
    }

    #[test]
    fn a_yaml_file_is_read() {
        let transformer: Transformer = YAML.parse().unwrap();
        insta::assert_snapshot!(transformer, @r#"{"encoder-embed-dim-subtransformer":512,"decoder-embed-dim-subtransformer":640,"encoder-ffn-embed-dim-all-subtransformer":[3072,3072,3072,2048,1024,512],"decoder-ffn-embed-dim-all-subtransformer":[3072,1024],"encoder-layer-num-subtransformer":6,"decoder-layer-num-subtransformer":2,"encoder-self-attention-heads-all-subtransformer":[8,8,4,8,2,8],"decoder-self-attention-heads-all-subtransformer":[8,2],"decoder-ende-attention-heads-all-subtransformer":[8,4],"decoder-arbitrary-ende-attn-all-subtransformer":[-1,2]}"#);
        assert_eq!(transformer.decoder_layers().iter().map(|layer| layer.span).collect::<Vec<_>>(), [1, 3]);
    }

    #[test]
    fn what_lies_beyond_the_depth_is_ignored() {
        let longer = YAML.replace("[3072, 1024]", "[3072, 1024, 7]").replace("[-1, 2]", "[-1, 2, 2, 2, 2, 2]");
        assert_eq!(longer.parse::<Transformer>(), YAML.parse());
    }

    #[test]
    fn hats_files_are_read() {
        let Some(shared) = std::env::var_os("TENSHOT_SHARED") else {
            println!("skipped: TENSHOT_SHARED is not set");
            return;
        };
        let folder = std::path::Path::new(&shared).join("data/hat/help_subtransformers");
        let mut depths = Vec::new();
        for file in std::fs::read_dir(folder).unwrap() {
            let transformer: Transformer = std::fs::read_to_string(file.unwrap().path()).unwrap().parse().unwrap();
            assert_eq!(transformer.to_string().parse(), Ok(transformer));
            depths.push(transformer.decoder_layers().len());
        }
        depths.sort_unstable();
        assert_eq!(depths, [2, 2, 3, 5]);
    }

    #[test]
    fn a_key_that_is_missing_repeated_or_unknown_is_named() {
        insta::assert_snapshot!("".parse::<Transformer>().unwrap_err(), @"`encoder-layer-num-subtransformer` is missing");
        insta::assert_snapshot!(error("decoder-layer-num-subtransformer: 2\n", ""), @"`decoder-layer-num-subtransformer` is missing");
        insta::assert_snapshot!(error("decoder-layer-num", "encoder-layer-num"), @"`encoder-layer-num-subtransformer` is there twice, expected once");
        insta::assert_snapshot!(error("decoder-layer-num", "decoder-layers"), @"unknown key `decoder-layers-subtr…`, expected encoder-embed-dim-subtransformer, decoder-embed-dim-subtransformer, encoder-ffn-embed-dim-all-subtransformer, decoder-ffn-embed-dim-all-subtransformer, encoder-layer-num-subtransformer, decoder-layer-num-subtransformer, encoder-self-attention-heads-all-subtransformer, decoder-self-attention-heads-all-subtransformer, decoder-ende-attention-heads-all-subtransformer, decoder-arbitrary-ende-attn-all-subtransformer");
    }

    #[test]
    fn a_value_that_is_not_allowed_is_named_with_what_is() {
        insta::assert_snapshot!(error("subtransformer: 512", "subtransformer: 600"), @"`encoder-embed-dim-subtransformer` is 600, expected 512 or 640");
        insta::assert_snapshot!(error("subtransformer: 2", "subtransformer: 7"), @"`decoder-layer-num-subtransformer` is 7, expected 1, 2, 3, 4, 5 or 6");
        insta::assert_snapshot!(error("subtransformer: 6\n", "subtransformer: 5\n"), @"`encoder-layer-num-subtransformer` is 5, expected 6");
        insta::assert_snapshot!(error("2048", "2049"), @"position 4 of `encoder-ffn-embed-dim-all-subtransformer` is 2049, expected 512, 1024, 2048 or 3072");
        insta::assert_snapshot!(error("[8, 2]", "[8, 5]"), @"position 2 of `decoder-self-attention-heads-all-subtransformer` is 5, expected 2, 4 or 8, which divide the 512 features of attention");
        insta::assert_snapshot!(error("[-1, 2]", "[-1, 3]"), @"position 2 of `decoder-arbitrary-ende-attn-all-subtransformer` is 3, expected -1, 1 or 2 (the last 1, 2 or 3 encoder layers)");
    }

    #[test]
    fn a_list_of_the_wrong_length_is_counted() {
        insta::assert_snapshot!(error("[8, 2]", "[8]"), @"`decoder-self-attention-heads-all-subtransformer` has 1 values, expected one for each of the 2 layers, and at most 6");
        insta::assert_snapshot!(error("[8, 2]", "[8, 8, 8, 8, 8, 8, 8]"), @"`decoder-self-attention-heads-all-subtransformer` has 7 values, expected one for each of the 2 layers, and at most 6");
        insta::assert_snapshot!(error(", 2048", ""), @"`encoder-ffn-embed-dim-all-subtransformer` has 5 values, expected 6, one for each layer");
        insta::assert_snapshot!(error("[8, 2]", "8"), @"`decoder-self-attention-heads-all-subtransformer` is one number, expected a list of them, one for each layer: 2, 4 or 8, which divide the 512 features of attention");
        insta::assert_snapshot!(error("subtransformer: 2", "subtransformer: [2]"), @"`decoder-layer-num-subtransformer` is a list, expected one number: 1, 2, 3, 4, 5 or 6");
    }

    #[test]
    fn what_is_no_setting_is_pointed_at() {
        insta::assert_snapshot!(error("[8, 2]", "[8, two]"), @"line 12: found `decoder-self-attenti…`, expected `key: number` or `key: [number, …]`");
        insta::assert_snapshot!(error("# A comment", "A heading"), @"line 1: found `A heading`, expected `key: number` or `key: [number, …]`");
        let json = |text: &str| text.parse::<Transformer>().unwrap_err().to_string();
        insta::assert_snapshot!(json("{"), @"no JSON object of numbers and lists of numbers: EOF while parsing an object at line 1 column 1");
        insta::assert_snapshot!(json(r#"{"decoder-layer-num-subtransformer": 2.5}"#), @"no JSON object of numbers and lists of numbers: expected a whole number or a list of whole numbers at line 1 column 41");
        insta::assert_snapshot!(json(r#"{"decoder-layer-num-subtransformer": 2, "decoder-layer-num-subtransformer": 2}"#), @"`decoder-layer-num-subtransformer` is there twice, expected once");
    }

    proptest! {
        #[test]
        fn every_transformer_is_read_as_it_is_written(seed in any::<u64>()) {
            let transformer = Transformer::random(&mut Xoshiro256PlusPlus::seed_from_u64(seed));
            assert_eq!(transformer.to_string().parse(), Ok(transformer));
        }

        #[test]
        fn any_text_is_read_or_refused(text in any::<String>(), seed in any::<u64>(), cut in any::<Index>(), replaced in 0_usize..9, yaml in any::<bool>()) {
            let _ = text.parse::<Transformer>();
            let json = Transformer::random(&mut Xoshiro256PlusPlus::seed_from_u64(seed)).to_string();
            let mut mutilated: Vec<char> = if yaml { YAML.chars().collect() } else { json.chars().collect() };
            let start = cut.index(mutilated.len());
            let end = mutilated.len().min(start + replaced);
            mutilated.splice(start..end, text.chars());
            let mutilated: String = mutilated.into_iter().collect();
            if let Ok(transformer) = mutilated.parse::<Transformer>() {
                assert_eq!(transformer.to_string().parse(), Ok(transformer));
            }
        }
    }
}
