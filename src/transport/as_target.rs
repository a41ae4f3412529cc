//! A registry as a [`Target`]: what the engine asks of it, in terms of the conversation and its parts.

use std::sync::PoisonError;
use std::time::{Duration, Instant};

use super::asking::Asking;
use super::ledger::Entry;
use super::probing::PROBING;
use super::registry_target::{At, RegistryTarget};
use super::{Left, Repository, Target, Transport};
use crate::error::Trouble;
use crate::exchange::{Capabilities, Exchange, Facts, Observation, Questions, Requests, Spent};

impl<T: Transport> Target for RegistryTarget<T> {
    fn name(&self) -> &str {
        &self.name
    }

    fn version(&self) -> String {
        self.version.clone()
    }

    fn ping(&self, base: &Exchange) -> Result<(), Trouble> {
        self.is_registry(base)
    }

    fn capabilities(&self, base: &Exchange, with_subject: &Exchange) -> Result<Capabilities, Trouble> {
        match &self.fixed {
            Some(fixed) => Ok(fixed.clone()),
            None => self.probe(base, with_subject),
        }
    }

    fn read_capabilities(&self) -> Result<Capabilities, Trouble> {
        self.probe_by_reading()
    }

    fn inquire(&self, exchange: &Exchange) -> Result<Observation, Trouble> {
        self.in_context(exchange, |context| {
            let (repository, tag) = (self.main(), format!("mf-{}", self.unused()));
            let at = At { repository: &repository, tag: &tag, context };
            let facts = Facts::unknown(exchange);
            let (replies, script) = match exchange.afterwards.filter(|ask| !ask.changes()) {
                Some(ask) => self.ask(ask, &Asking { at, exchange, facts: &facts })?,
                None => Default::default(),
            };
            let (tag_is_new, body_is_new, fresh_repository) = (false, false, false);
            let requests = Requests { all: context.requests(), uploads: 0 };
            Ok(Observation {
                facts,
                replies,
                repository,
                tag,
                tag_is_new,
                body_is_new,
                fresh_repository,
                requests,
                script,
                runs: Vec::new(),
            })
        })
    }

    fn fire(&self, exchange: &Exchange, place: Repository, questions: Questions) -> Result<Observation, Trouble> {
        self.in_context(exchange, |context| self.converse(exchange, place, questions, context))
    }

    fn read_again(
        &self,
        exchange: &Exchange,
        seen: &Observation,
        questions: Questions,
    ) -> Result<Observation, Trouble> {
        self.in_context(exchange, |context| self.reread(exchange, seen, questions, context))
    }

    fn acknowledged(&self) -> Vec<String> {
        self.acknowledged_by_main()
    }

    fn acknowledge(&self, digests: &[String]) {
        self.known(&self.main(), |known| known.acknowledged.extend(digests.iter().cloned()));
    }

    fn rotate(&self) {
        let next = format!("{}/mf-{}", self.repository, self.unused());
        let before = self.current.lock().unwrap_or_else(PoisonError::into_inner).replace(next);
        if let Some(before) = before {
            self.forget(&before);
        }
    }

    fn wait(&self, pause: Duration) -> Result<(), Trouble> {
        self.transport.wait(pause)
    }

    fn waited(&self) -> Duration {
        self.transport.waited()
    }

    fn requests(&self) -> u64 {
        self.transport.requests()
    }

    fn restart(&self) -> Result<bool, Trouble> {
        self.executed("restart", self.commands.restart.as_deref())
    }

    fn reset(&self) -> Result<(), Trouble> {
        if self.executed("reset", self.commands.reset.as_deref())? {
            self.forget_all();
        }
        Ok(())
    }

    fn clean_up(&self, written: &[Entry], jobs: usize) -> Result<Vec<Left>, Trouble> {
        let left = self.remove_written(written, jobs)?;
        self.executed("gc", self.commands.gc.as_deref())?;
        Ok(left)
    }

    fn latency(&self) -> Option<Duration> {
        let context = self.context(PROBING);
        // The first request also connects, and perhaps gets a token.
        self.get("/v2/", &context).ok()?.answer()?;
        let started = Instant::now();
        self.get("/v2/", &context).ok()?.answer()?;
        Some(started.elapsed())
    }

    fn spent(&self) -> Spent {
        let (bytes, objects) = self.guard.written();
        Spent { requests: self.transport.requests(), bytes, objects }
    }

    fn rate(&self) -> Option<f64> {
        self.transport.rate()
    }
}
