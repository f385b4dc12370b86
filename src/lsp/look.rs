//! Looking at the code when something has changed, so that a newer message never waits for an older one's work.

use std::sync::{Mutex, PoisonError};

use gen_lsp_types::MessageType;
use lsp_server::{Message, Notification, Request, RequestId};
use serde_json::{Value, json};

use super::server::Server;
use crate::analysis::session::Pace;

/// From how many projects on a client is told how far the work has come.
const TOLD_FROM: usize = 20;

impl Server {
    /// Looks at the code and tells what has changed. Where a message comes meanwhile, the rest is looked at later.
    pub(super) fn look(&mut self) {
        if self.caught("analysis", Self::refresh) == Some(false) {
            return;
        }
        self.stale = false;
        self.caught("publishing", Self::publish);
        self.workspace.rest();
    }

    /// Whether everything is looked at.
    fn refresh(&mut self) -> bool {
        let (receiver, sender) = (&self.connection.receiver, &self.connection.sender);
        let (progress, shown) = (self.client.progress, Mutex::new(0));
        let tell = |done: usize, all: usize| {
            if !progress || all < TOLD_FROM {
                return;
            }
            let send = |message: Message| drop(sender.send(message));
            let report = |value: Value| {
                let params = json!({ "token": "dynalens", "value": value });
                send(Notification { method: "$/progress".to_owned(), params }.into());
            };
            let percent = done * 100 / all;
            let step = percent / 10 + 1;
            // Held while it is told: what comes first is told first.
            let mut before = shown.lock().unwrap_or_else(PoisonError::into_inner);
            if *before == 0 {
                let params = json!({ "token": "dynalens" });
                let id = RequestId::from("dynalens-progress".to_owned());
                send(Request { id, method: "window/workDoneProgress/create".to_owned(), params }.into());
                report(json!({ "kind": "begin", "title": "dynalens", "message": "reading", "percentage": percent }));
            } else if step > *before {
                report(json!({ "kind": "report", "message": format!("{done}/{all}"), "percentage": percent }));
            }
            *before = step.max(*before);
        };
        let pace = Pace { stop: &|| !receiver.is_empty(), tell: &tell };
        let (complete, failures) = self.workspace.refresh((self.today)(), &pace, self.client.watches_files);
        if shown.into_inner().unwrap_or_else(PoisonError::into_inner) > 0 {
            self.notify("$/progress", json!({ "token": "dynalens", "value": { "kind": "end" } }));
        }
        let failures: Vec<String> = failures.into_iter().map(|error| error.message).collect();
        // What stays as it is, is told once.
        for failure in failures.iter().filter(|failure| !self.failures.contains(failure)) {
            self.notify(
                "window/showMessage",
                json!({ "type": MessageType::Error, "message": format!("dynalens: {failure}") }),
            );
        }
        self.failures = failures;
        complete
    }
}
