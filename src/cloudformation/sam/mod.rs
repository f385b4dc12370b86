//! The serverless transform: what `AWS::Serverless` resources stand for, with every value still at its place in the
//! user's own text.

use crate::resource::Resource;

use super::stack::Stack;

/// Adds what the transform makes of serverless resources.
pub fn expand(_: &Stack<'_>, resources: Vec<Resource>) -> Vec<Resource> {
    resources
}
