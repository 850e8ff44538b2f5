//! Who may do what.

use std::fmt;
use std::str::FromStr;

/// The role of a bearer token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Leases tasks and reports results.
    Agent,
    /// Creates and stops campaigns; may read everything.
    Operator,
    /// Reads.
    Reader,
}

impl Role {
    /// All roles.
    pub const ALL: [Self; 3] = [Self::Agent, Self::Operator, Self::Reader];

    /// The role's name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Operator => "operator",
            Self::Reader => "reader",
        }
    }

    /// Whether a token of this role may do what `needed` may.
    #[must_use]
    pub fn may_act_as(self, needed: Self) -> bool {
        self == needed || (self == Self::Operator && needed == Self::Reader)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A text that names no role.
#[derive(Debug, thiserror::Error)]
#[error("unknown role `{0}`: expected agent, operator or reader")]
pub struct UnknownRole(String);

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|role| role.as_str() == text).ok_or_else(|| UnknownRole(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::Role;

    #[test]
    fn operators_read_and_nobody_else_borrows_a_role() {
        for role in Role::ALL {
            for needed in Role::ALL {
                let allowed = role == needed || (role, needed) == (Role::Operator, Role::Reader);
                assert_eq!(role.may_act_as(needed), allowed, "{role} as {needed}");
            }
            assert_eq!(role.as_str().parse::<Role>().unwrap(), role);
        }
        assert!("root".parse::<Role>().is_err());
    }
}
