//! What Terraform would reject: the error of a function call, an operator or a conversion.

/// Why Terraform would refuse to evaluate something, as a lower-case phrase; it is the author of the configuration
/// who can mend it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    pub message: String,
    /// The argument of the call that is at fault, from 0, where one is.
    pub argument: Option<usize>,
}

impl Error {
    #[must_use]
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), argument: None }
    }

    /// The error as one of an argument (from 0).
    #[must_use]
    pub fn of_argument(message: impl Into<String>, argument: usize) -> Self {
        Self { message: message.into(), argument: Some(argument) }
    }

    /// The error, blamed on an argument if it is not blamed on one yet.
    #[must_use]
    pub(super) fn at_argument(mut self, argument: usize) -> Self {
        self.argument.get_or_insert(argument);
        self
    }
}
