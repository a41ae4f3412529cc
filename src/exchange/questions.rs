//! The universal questions: requests that can follow any push, and sets of them.

use super::stage::{Depth, Stage};

/// A request, or a group of requests, that can follow any push.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Question {
    /// HEAD by tag and digest. After a refusal, it looks for residue.
    Head,
    /// GET by tag and digest.
    Get,
    /// GET of the `Location`.
    Location,
    /// The tag list.
    Tags,
    /// The referrers of the subject.
    Referrers,
    /// The case's own follow-up request, see [`Ask`](super::Ask). Part of the case, so it is never sampled.
    Afterwards,
    /// A client program pulls. This and the next ones are asked of client programs alone, and never sampled.
    Pull,
    /// A client program copies.
    Copy,
    /// A client program pushes.
    Push,
    /// A client program lists referrers and tags.
    List,
}

impl Question {
    /// The questions that a run may ask of a sample of its draws only.
    pub const SAMPLED: [Self; 5] = [Self::Head, Self::Get, Self::Location, Self::Tags, Self::Referrers];

    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Head,
        Self::Get,
        Self::Location,
        Self::Tags,
        Self::Referrers,
        Self::Afterwards,
        Self::Pull,
        Self::Copy,
        Self::Push,
        Self::List,
    ];

    /// Those to client programs.
    pub const CLIENT: [Self; 4] = [Self::Pull, Self::Copy, Self::Push, Self::List];

    /// The name from which it is decided whether a draw is asked.
    pub fn name(self) -> &'static str {
        match self {
            Self::Head => "head",
            Self::Get => "get",
            Self::Location => "location",
            Self::Tags => "tags",
            Self::Referrers => "referrers",
            Self::Afterwards => "afterwards",
            Self::Pull => "pull",
            Self::Copy => "copy",
            Self::Push => "push",
            Self::List => "list",
        }
    }
}

/// A set of questions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Questions(u16);

impl Questions {
    /// None: only the push itself.
    pub const NONE: Self = Self(0);
    /// All of them.
    pub const ALL: Self = Self(0b11_1111_1111);

    /// Whether the question is in the set.
    pub fn has(self, question: Question) -> bool {
        self.0 & 1 << question as u8 != 0
    }

    /// Whether every question of `other` is in the set.
    pub fn include(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether the set is empty.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The questions that are in both sets.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// The questions among these that an observation at `stage` can depend on: the lists are independent of the manifest's
    /// other answers, which are compared with each other.
    #[must_use]
    pub fn about(self, stage: Stage) -> Self {
        let relevant = match stage {
            Stage::TagList => [Question::Tags, Question::Afterwards].into_iter().collect(),
            Stage::Referrers => [Question::Referrers, Question::Afterwards].into_iter().collect(),
            Stage::Residue => [Question::Head, Question::Referrers].into_iter().collect(),
            Stage::Pull => [Question::Pull].into_iter().collect(),
            Stage::Copy => [Question::Copy].into_iter().collect(),
            Stage::Push => [Question::Push].into_iter().collect(),
            Stage::List => [Question::List].into_iter().collect(),
            // The case's own follow-up request is part of it.
            Stage::BlobUpload
            | Stage::ManifestPut
            | Stage::Delete
            | Stage::BlobGet
            | Stage::Ping
            | Stage::BlobHead
            | Stage::BlobMount
            | Stage::BlobDelete => [Question::Afterwards].into_iter().collect(),
            _ => Self::ALL,
        };
        self.and(relevant)
    }
}

impl FromIterator<Question> for Questions {
    fn from_iter<I: IntoIterator<Item = Question>>(questions: I) -> Self {
        Self(questions.into_iter().fold(0, |set, question| set | 1 << question as u8))
    }
}

impl From<Depth> for Questions {
    fn from(depth: Depth) -> Self {
        match depth {
            Depth::Put => Self::NONE,
            Depth::Get => Question::CLIENT.into_iter().chain([Question::Get, Question::Afterwards]).collect(),
            Depth::Full => Self::ALL,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_depth_asks_more() {
        let [put, get, full] = [Depth::Put, Depth::Get, Depth::Full].map(Questions::from);
        assert!(put.is_empty() && get.include(put) && full.include(get) && !get.include(full));
        assert!(Question::SAMPLED.iter().all(|question| full.has(*question)) && full.has(Question::Afterwards));
        assert!(get.has(Question::Get) && !get.has(Question::Head));
        assert_eq!(full.and(get), get);
    }

    #[test]
    fn a_symptom_asks_only_what_it_depends_on() {
        let afterwards = [Question::Afterwards].into_iter().collect();
        assert_eq!(Questions::ALL.about(Stage::ManifestPut), afterwards);
        assert!(!Questions::ALL.about(Stage::TagList).has(Question::Get));
        assert!(Questions::ALL.about(Stage::ManifestGet).include(Question::SAMPLED.into_iter().collect()));
        assert_eq!(Questions::ALL.about(Stage::Pull), [Question::Pull].into_iter().collect());
        assert_eq!(Questions::from(Depth::Get).about(Stage::Referrers), afterwards);
    }
}
