//! From the nodes of a file to the nodes of a graph, in their order.

use std::collections::{HashMap, HashSet};

use super::call::{Call, Outcome};
use super::sizes::Sizes;
use super::tensor::Tensor;
use super::{Fault, ImportError, ImportOptions, rules};
use crate::graph::BatchNorm;
use crate::graph::{
    Arithmetic, Element, Graph, GraphBuilder, GraphProto, INT64, Imported, NodeProto, Operator, Output, Stored,
    TypeProto, Value, ValueInfoProto,
};

/// The most operations and elements of a graph, so that sums of several bytes each fit.
const MOST_WORK: u128 = 1 << 58;

/// Where a tensor of the file comes from.
#[derive(Debug, Clone, Copy)]
enum Source {
    /// A value of the graph.
    Computed(Value),
    /// The file alone, and one node reads it, which takes these numbers along.
    Stored(Stored),
    /// The file alone, and several nodes read it.
    Shared(Value),
}

#[derive(Debug, Clone)]
struct Entry {
    tensor: Tensor,
    source: Source,
}

pub(super) struct Reader<'a> {
    file: &'a GraphProto,
    opset: i64,
    sizes: Sizes<'a>,
    declared: HashMap<&'a str, &'a ValueInfoProto>,
    /// How many nodes and outputs read a tensor.
    readers: HashMap<&'a str, usize>,
    tensors: HashMap<&'a str, Entry>,
    names: HashSet<String>,
    builder: GraphBuilder,
    work: u128,
}

impl<'a> Reader<'a> {
    pub(super) fn new(file: &'a GraphProto, opset: i64, options: &'a ImportOptions) -> Result<Self, ImportError> {
        if options.batch == 0 {
            return Err(ImportError::Batch);
        }
        let mut readers = HashMap::new();
        let read = file.node.iter().flat_map(|node| &node.input);
        for name in read.chain(file.output.iter().map(|output| &output.name)) {
            *readers.entry(name.as_str()).or_insert(0) += 1;
        }
        let declared = file.value_info.iter().chain(&file.output).map(|info| (info.name.as_str(), info)).collect();
        Ok(Self {
            file,
            opset,
            sizes: Sizes::new(options),
            declared,
            readers,
            tensors: HashMap::new(),
            names: HashSet::new(),
            builder: GraphBuilder::with_inputs(BatchNorm::Kept),
            work: 0,
        })
    }

    pub(super) fn read(mut self) -> Result<Graph, ImportError> {
        let file = self.file;
        for initializer in &file.initializer {
            let tensor = Tensor::stored(initializer).ok_or_else(|| ImportError::Tensor(initializer.name.clone()))?;
            let source = Source::Stored(numbers(&tensor));
            self.define(&initializer.name, Entry { tensor, source })?;
        }
        self.sizes.note_batches(&file.input);
        for input in &file.input {
            // Old files list their initializers among the inputs.
            if !self.tensors.contains_key(input.name.as_str()) {
                self.input(input)?;
            }
        }
        for node in &file.node {
            self.node(node)?;
        }
        self.finish()
    }

    fn input(&mut self, info: &'a ValueInfoProto) -> Result<(), ImportError> {
        let shape = self.sizes.input_shape(info)?;
        let is_index = element_type(info.r#type.as_ref()) == Some(INT64);
        let element = if is_index { Element::Index } else { Element::Float };
        let value = self.builder.input(info.name.clone(), element, shape.clone());
        let tensor = Tensor { shape, integers: is_index, known: None };
        self.define(&info.name, Entry { tensor, source: Source::Computed(value) })
    }

    fn define(&mut self, name: &'a str, entry: Entry) -> Result<(), ImportError> {
        match self.tensors.insert(name, entry) {
            None => Ok(()),
            Some(_) => Err(ImportError::Duplicate(name.into())),
        }
    }

    fn node(&mut self, node: &'a NodeProto) -> Result<(), ImportError> {
        let inputs = node.input.iter().map(|name| self.entry(node, name)).collect::<Result<Vec<_>, _>>()?;
        let tensors = inputs.iter().map(|entry| entry.as_ref().map(|entry| entry.tensor.clone())).collect();
        let call = Call { node, opset: self.opset, inputs: tensors };
        let outcome = match rules::infer(&call) {
            None => Outcome { outputs: Vec::new(), arithmetic: Arithmetic::Unknown },
            Some(Err(Fault::DependsOnData)) => Outcome { outputs: Vec::new(), arithmetic: Arithmetic::Move },
            Some(outcome) => outcome.map_err(|fault| self.fault(node, fault))?,
        };
        let is_constant = node.op_type == "Constant" || !inputs.is_empty() && inputs.iter().flatten().all(is_stored);
        let stored = stored(node, &outcome.arithmetic, &inputs);
        let values: Vec<Value> = inputs.iter().flatten().filter_map(|entry| value(entry.source)).collect();
        let mut writes = Writes { node, arithmetic: outcome.arithmetic, is_constant, values, stored };
        let mut inferred = outcome.outputs.into_iter();
        for (place, name) in node.output.iter().enumerate() {
            let inferred = inferred.next().flatten();
            let is_read = self.readers.contains_key(name.as_str());
            if name.is_empty() && (place > 0 || inferred.is_none()) || place > 0 && !is_read {
                continue;
            }
            let tensor = inferred.or_else(|| self.declared(name)).ok_or_else(|| shapeless(node, name))?;
            if node.op_type == "Constant" {
                writes.stored = numbers(&tensor);
            }
            let source = self.write(&mut writes, &tensor)?;
            if !name.is_empty() {
                self.define(name, Entry { tensor, source })?;
            }
        }
        Ok(())
    }

    /// What a node reads; nothing for an input that is left out.
    fn entry(&mut self, node: &NodeProto, name: &'a str) -> Result<Option<Entry>, ImportError> {
        if name.is_empty() {
            return Ok(None);
        }
        let entry = self.tensors.get(name).cloned().ok_or_else(|| undefined(node, name))?;
        let Source::Stored(stored) = entry.source else { return Ok(Some(entry)) };
        if stored.all == 0 || self.readers.get(name).is_none_or(|&readers| readers < 2) {
            return Ok(Some(entry));
        }
        let value = self.store(name, stored, &entry.tensor);
        let shared = Entry { source: Source::Shared(value), ..entry };
        self.tensors.insert(name, shared.clone());
        Ok(Some(shared))
    }

    /// A node of its own for stored numbers.
    fn store(&mut self, name: &str, stored: Stored, tensor: &Tensor) -> Value {
        let name = self.unique(name, name);
        let trained = if stored.all > 1 { stored.trained } else { 0 };
        let (arithmetic, shape) = (Arithmetic::Store, tensor.shape.clone());
        let imported = Imported { name: "stored".into(), arithmetic, shape, stored: Stored { trained, ..stored } };
        self.builder.node(name, Operator::Imported(Box::new(imported)), &[])
    }

    /// The output of a node, as a node of the graph where a run computes it.
    fn write(&mut self, writes: &mut Writes<'_>, tensor: &Tensor) -> Result<Source, ImportError> {
        let stored = std::mem::take(&mut writes.stored);
        let shares = !writes.values.is_empty();
        if tensor.known.is_some() || writes.is_constant && !shares {
            return Ok(Source::Stored(stored));
        }
        let node = writes.node;
        let arithmetic = if writes.is_constant { Arithmetic::Rename } else { writes.arithmetic.clone() };
        self.check_work(node, &arithmetic, &writes.values, tensor)?;
        let name = self.unique(&node.name, node.output.first().map_or("", String::as_str));
        let domain = if node.domain.is_empty() { String::new() } else { format!("{}:", node.domain) };
        let imported = Imported {
            name: format!("{domain}{}", node.op_type).into(),
            arithmetic,
            shape: tensor.shape.clone(),
            stored,
        };
        let value = self.builder.node(name, Operator::Imported(Box::new(imported)), &writes.values);
        // Every part of a tensor that is copied is read; all else is read once.
        if writes.arithmetic != Arithmetic::Copy && !writes.is_constant {
            writes.values.clear();
        }
        Ok(if writes.is_constant { Source::Shared(value) } else { Source::Computed(value) })
    }

    fn check_work(
        &mut self,
        node: &NodeProto,
        arithmetic: &Arithmetic,
        inputs: &[Value],
        output: &Tensor,
    ) -> Result<(), ImportError> {
        let elements = |shape: &[usize]| shape.iter().product::<usize>() as u128;
        let read: u128 = inputs.iter().map(|&input| elements(self.builder.shape(input))).sum();
        let first = inputs.first().map_or(&[] as &[usize], |&input| self.builder.shape(input));
        let channels = first.get(1).into_iter().chain(output.shape.get(1)).copied().max().unwrap_or(1);
        let written = elements(&output.shape);
        self.work += read + written + arithmetic.most_per_element(channels) * written.max(elements(first));
        if self.work > MOST_WORK { Err(self.fault(node, Fault::TooLarge)) } else { Ok(()) }
    }

    fn declared(&self, name: &str) -> Option<Tensor> {
        let info = self.declared.get(name)?;
        let integers = element_type(info.r#type.as_ref()) == Some(INT64);
        Some(Tensor { shape: self.sizes.declared_shape(info)?, integers, known: None })
    }

    /// A name that no node has yet.
    fn unique(&mut self, name: &str, otherwise: &str) -> String {
        let mut candidate = if name.is_empty() { otherwise } else { name }.to_owned();
        if self.names.contains(&candidate) {
            candidate = format!("{candidate}#{}", self.names.len());
        }
        self.names.insert(candidate.clone());
        candidate
    }

    fn fault(&self, node: &NodeProto, fault: Fault) -> ImportError {
        let (node, operator) = called(node);
        ImportError::Node { node, operator, fault }
    }

    fn finish(mut self) -> Result<Graph, ImportError> {
        let mut outputs = Vec::with_capacity(self.file.output.len());
        for output in &self.file.output {
            let entry = self.tensors.get(output.name.as_str()).cloned();
            let Entry { tensor, source } = entry.ok_or_else(|| ImportError::Output(output.name.clone()))?;
            let value = match source {
                Source::Computed(value) | Source::Shared(value) => value,
                Source::Stored(stored) => self.store(&output.name, stored, &tensor),
            };
            outputs.push(Output { name: output.name.clone(), value });
        }
        Ok(self.builder.finish_with(outputs))
    }
}

/// A node on the way into the graph.
struct Writes<'a> {
    node: &'a NodeProto,
    arithmetic: Arithmetic,
    is_constant: bool,
    /// What is read and not yet counted as read.
    values: Vec<Value>,
    /// Numbers of the file that go with the next output.
    stored: Stored,
}

fn element_type(info: Option<&TypeProto>) -> Option<i32> {
    Some(info?.tensor_type.as_ref()?.elem_type)
}

const fn value(source: Source) -> Option<Value> {
    match source {
        Source::Computed(value) | Source::Shared(value) => Some(value),
        Source::Stored(_) => None,
    }
}

const fn is_stored(entry: &Entry) -> bool {
    !matches!(entry.source, Source::Computed(_))
}

/// The numbers of a tensor in the file; integers are places and sizes, and count nothing.
fn numbers(tensor: &Tensor) -> Stored {
    let all = if tensor.integers { 0 } else { tensor.elements() as u64 };
    Stored { trained: all, all }
}

/// The numbers that a node alone reads.
fn stored(node: &NodeProto, arithmetic: &Arithmetic, inputs: &[Option<Entry>]) -> Stored {
    let mut sum = Stored::default();
    for (place, entry) in inputs.iter().enumerate() {
        let Some(Entry { source: Source::Stored(stored), .. }) = entry else { continue };
        let (is_counted, is_trained) = role(&node.op_type, place);
        // Elementwise operators have their constants among the stored numbers.
        let is_constant = stored.all == 1 && *arithmetic == Arithmetic::Elementwise;
        if is_counted {
            sum.all = sum.all.saturating_add(stored.all);
        }
        if is_counted && is_trained && !is_constant {
            sum.trained = sum.trained.saturating_add(stored.trained);
        }
    }
    sum
}

/// Whether an input of an operator is a number to compute with, and whether training changes it.
fn role(operator: &str, input: usize) -> (bool, bool) {
    match (operator, input) {
        ("BatchNormalization", 3 | 4) => (true, false),
        ("DequantizeLinear" | "QuantizeLinear", 1..) => (true, false),
        ("Clip" | "Dropout" | "Expand" | "Pad" | "Range" | "Resize" | "Tile" | "Upsample", 1..) => (false, false),
        _ => (true, true),
    }
}

/// A node's name, or else its first output's, and its operator.
fn called(node: &NodeProto) -> (String, String) {
    let output = || node.output.first().cloned().unwrap_or_default();
    (if node.name.is_empty() { output() } else { node.name.clone() }, node.op_type.clone())
}

fn undefined(node: &NodeProto, tensor: &str) -> ImportError {
    let (node, operator) = called(node);
    ImportError::Undefined { node, operator, tensor: tensor.into() }
}

fn shapeless(node: &NodeProto, tensor: &str) -> ImportError {
    let (node, operator) = called(node);
    ImportError::Shapeless { node, operator, tensor: tensor.into() }
}
