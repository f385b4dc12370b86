//! New arguments, blocks, items and resources.

use crate::source::Span;
use crate::syntax::hcl::{Block, Expr, ExprKind};

use super::super::text::{indent, is_blank, line_end, line_start, next_line};
use super::super::{Edit, Position, Term};
use super::find::{self, Holder};
use super::{Member, Native, align, is_one_line, members, open_brace, render};

/// Blocks that stand at the end of a resource.
const LAST: &[&str] = &["lifecycle", "timeouts", "provisioner", "connection"];

impl Native {
    pub(in super::super) fn insert(
        &self,
        span: Span,
        entries: &[(String, Term)],
        position: Position<'_>,
    ) -> Option<Vec<Edit>> {
        if span.file != self.document.file.id {
            return None;
        }
        if let Some(block) = self.block(span) {
            // What a dynamic block makes is written in its content.
            let content = block.body.blocks.iter().find(|inner| inner.name == "content");
            let block = content.filter(|_| block.name == "dynamic").unwrap_or(block);
            return self.put_in_block(block, entries, position);
        }
        let found = find::expression(&self.document.body, span)?;
        self.put_in_object(found.expr, entries).map(|edit| vec![edit])
    }

    fn put_in_block(&self, block: &Block, entries: &[(String, Term)], position: Position<'_>) -> Option<Vec<Edit>> {
        let text = self.text();
        let outer = indent(text, block.header.start as usize).to_owned();
        let all = members(&block.body);
        if is_one_line(self, block) || all.is_empty() {
            return self.opened_up(block, &outer, entries).map(|edit| vec![edit]);
        }
        let inner = all.first().map(|member| indent(text, member.span.start as usize).to_owned())?;
        let (blocks, arguments): (Vec<_>, Vec<_>) =
            entries.iter().cloned().partition(|(_, term)| matches!(term, Term::Block(_)));
        let mut edits = Vec::new();
        if !arguments.is_empty() {
            edits.push(self.arguments(block, &all, &arguments, &inner, position)?);
        }
        if !blocks.is_empty() {
            edits.push(self.blocks(&all, &blocks, &inner)?);
        }
        // At one place, they are one text.
        if let [first, second] = edits.as_mut_slice()
            && first.span == second.span
        {
            first.text.push_str(&second.text);
            edits.pop();
        }
        Some(edits)
    }

    /// The body of a block on one line, or of an empty one, on lines of its own with more in it.
    fn opened_up(&self, block: &Block, outer: &str, entries: &[(String, Term)]) -> Option<Edit> {
        let text = self.text();
        let open = open_brace(self, block)?;
        let close = (block.span.end as usize).checked_sub(1)?;
        let inside = text.get(open + 1..close)?;
        let inner = format!("{outer}{}", self.unit);
        let mut lines = Vec::new();
        if !inside.trim().is_empty() {
            // Comments of an empty body stay.
            lines.extend(inside.trim().lines().map(|line| format!("{inner}{}", line.trim())));
        }
        lines.extend(render::body(entries, &inner, &self.unit)?);
        let newline = self.newline();
        let new = format!("{newline}{}{newline}{outer}", lines.join(newline));
        Some(Edit { span: self.at(open + 1, close), text: new })
    }

    fn arguments(
        &self,
        block: &Block,
        all: &[Member<'_>],
        entries: &[(String, Term)],
        inner: &str,
        position: Position<'_>,
    ) -> Option<Edit> {
        let text = self.text();
        let first_block = all.iter().position(|member| member.is_block).unwrap_or(all.len());
        let mut anchor = all.get(..first_block).and_then(<[Member<'_>]>::last);
        if anchor.is_some_and(|member| member.name == "tags") && first_block > 1 {
            anchor = all.get(first_block - 2);
        }
        if let Position::After(name) = position {
            anchor = all.iter().find(|member| member.name == name && !member.is_block).or(anchor);
        }
        let newline = self.newline();
        let Some(anchor) = anchor else {
            let open = open_brace(self, block)?;
            let lines = render::body(entries, inner, &self.unit)?;
            let at = line_end(text, open);
            let mut new = lines.iter().map(|line| format!("{newline}{line}")).collect::<Vec<_>>().concat();
            if !is_blank(text, next_line(text, at)) {
                new.push_str(newline);
            }
            return Some(Edit { span: self.at(at, at), text: new });
        };
        let run = self.run(&align::of_body(&block.body), anchor.span);
        let column = run.as_ref().and_then(|run| run.column);
        let fits = |column: &usize| entries.iter().all(|(name, _)| inner.len() + name.len() < *column);
        // A longer name would move the others' `=`, so it stands behind them all; and so does one behind a value on
        // several lines.
        let (anchor, apart) = match &run {
            Some(run) if column.is_some_and(|column| !fits(&column)) => {
                let last = run.lines.last().map(|line| line.whole)?;
                (all.iter().find(|member| member.span == last)?, true)
            }
            Some(_) => (anchor, false),
            None => (anchor, true),
        };
        let at = line_end(text, (anchor.span.end as usize).saturating_sub(1).max(anchor.span.start as usize));
        let lines = match column.filter(fits) {
            Some(column) => {
                let width = column - inner.len() - 1;
                let lines: Option<Vec<String>> = entries
                    .iter()
                    .map(|(name, term)| Some(format!("{inner}{name:width$} = {}", render::inline(term)?)))
                    .collect();
                lines?
            }
            None => render::body(entries, inner, &self.unit)?,
        };
        let mut new = if apart { newline.to_owned() } else { String::new() };
        for line in lines {
            new.push_str(newline);
            new.push_str(&line);
        }
        let follows = all.iter().find(|member| member.span.start > anchor.span.start);
        if let Some(follows) = follows
            && apart
            && line_start(text, follows.span.start as usize) == next_line(text, at)
        {
            new.push_str(newline);
        }
        Some(Edit { span: self.at(at, at), text: new })
    }

    fn blocks(&self, all: &[Member<'_>], entries: &[(String, Term)], inner: &str) -> Option<Edit> {
        let text = self.text();
        let newline = self.newline();
        let placed: Vec<&Member<'_>> =
            all.iter().filter(|member| member.is_block && !LAST.contains(&member.name)).collect();
        let arguments: Vec<&Member<'_>> = all.iter().filter(|member| !member.is_block).collect();
        let is_last = entries.iter().all(|(name, _)| LAST.contains(&name.as_str()));
        let anchor = match placed.last() {
            Some(last) if !is_last => *last,
            _ if is_last => all.last()?,
            _ => match arguments.as_slice() {
                [.., before, last] if last.name == "tags" => *before,
                [.., last] => *last,
                [] => return self.before(all.first()?, entries, inner),
            },
        };
        let end = (anchor.span.end as usize).saturating_sub(1).max(anchor.span.start as usize);
        let at = line_end(text, end);
        // Blocks that stand close together keep doing so.
        let close = anchor.is_block
            && match placed.as_slice() {
                [.., before, last] => {
                    let gap = text.get(before.span.end as usize..last.span.start as usize).unwrap_or_default();
                    gap.matches('\n').count() == 1
                }
                _ => false,
            };
        let mut new = String::new();
        for (name, term) in entries {
            if !close {
                new.push_str(newline);
            }
            for line in render::lines(name, term, inner, &self.unit)? {
                new.push_str(newline);
                new.push_str(&line);
            }
        }
        let follows = all.iter().find(|member| member.span.start > anchor.span.start);
        if let Some(follows) = follows
            && !close
            && line_start(text, follows.span.start as usize) == next_line(text, at)
        {
            new.push_str(newline);
        }
        Some(Edit { span: self.at(at, at), text: new })
    }

    /// Blocks in front of what there is.
    fn before(&self, first: &Member<'_>, entries: &[(String, Term)], inner: &str) -> Option<Edit> {
        let at = line_start(self.text(), first.span.start as usize);
        let newline = self.newline();
        let mut new = String::new();
        for (name, term) in entries {
            for line in render::lines(name, term, inner, &self.unit)? {
                new.push_str(&line);
                new.push_str(newline);
            }
            new.push_str(newline);
        }
        Some(Edit { span: self.at(at, at), text: new })
    }

    fn put_in_object(&self, object: &Expr, entries: &[(String, Term)]) -> Option<Edit> {
        let ExprKind::Object(items) = &object.kind else { return None };
        let text = self.text();
        let (start, end) = (object.span.start as usize, object.span.end as usize);
        let Some(last) = items.last() else {
            return Some(Edit { span: object.span, text: render::inline(&Term::Map(entries.to_vec()))? });
        };
        let colon = text.get(last.key_span.end as usize..last.value.span.start as usize)?.contains(':');
        let sign = if colon { ":" } else { " =" };
        let quoted = text.get(last.key_span.start as usize..)?.starts_with('"');
        let entry = |(name, term): &(String, Term)| {
            let name = if quoted { render::quoted(name) } else { render::key(name) };
            Some((name, render::inline(term)?))
        };
        let written = entries.iter().map(entry).collect::<Option<Vec<(String, String)>>>()?;
        let at = last.value.span.end as usize;
        let one_line = line_end(text, start) >= end;
        if one_line {
            let new: Vec<String> = written.iter().map(|(name, value)| format!(", {name}{sign} {value}")).collect();
            return Some(Edit { span: self.at(at, at), text: new.concat() });
        }
        let inner = indent(text, last.key_span.start as usize);
        let comma = text.get(at..end)?.trim_start().starts_with(',');
        let at = if comma { at + text.get(at..end)?.find(',')? + 1 } else { at };
        let at = line_end(text, at);
        let comma = if comma { "," } else { "" };
        let newline = self.newline();
        // In the column of the others' `=`, or apart from them.
        let run = self.run(&align::of_object(items), last.value.span).filter(|_| !colon);
        let width = run.and_then(|run| run.column).map(|column| column.saturating_sub(inner.len() + 1));
        let fits = |width: usize| written.iter().all(|(name, _)| name.chars().count() <= width);
        let apart = if width.is_none_or(fits) { "" } else { newline };
        let width = match width {
            Some(width) if fits(width) => width,
            Some(_) => written.iter().map(|(name, _)| name.chars().count()).max().unwrap_or_default(),
            None => 0,
        };
        let lines: Vec<String> =
            written.iter().map(|(name, value)| format!("{newline}{inner}{name:width$}{sign} {value}{comma}")).collect();
        Some(Edit { span: self.at(at, at), text: format!("{apart}{}", lines.concat()) })
    }

    pub(in super::super) fn append(&self, span: Span, items: &[Term]) -> Option<Edit> {
        let list = find::expression(&self.document.body, span)?.expr;
        let ExprKind::List(there) = &list.kind else { return None };
        match there.len().checked_sub(1) {
            Some(last) => self.behind_item(list, there, last, items),
            None => Some(Edit { span: list.span, text: render::inline(&Term::List(items.to_vec()))? }),
        }
    }

    fn behind_item(&self, list: &Expr, there: &[Expr], index: usize, new: &[Term]) -> Option<Edit> {
        let text = self.text();
        let item = there.get(index)?;
        let (start, end) = (item.span.start as usize, item.span.end as usize);
        let written: Option<Vec<String>> = new.iter().map(render::inline).collect();
        let written = written?;
        let own_line = text.get(line_start(text, start)..start)?.trim().is_empty();
        if !own_line {
            return Some(Edit { span: self.at(end, end), text: format!(", {}", written.join(", ")) });
        }
        let inner = indent(text, start);
        let rest = text.get(end..list.span.end as usize)?;
        let newline = self.newline();
        if rest.trim_start().starts_with(',') {
            let at = line_end(text, end + rest.find(',')?);
            let lines: Vec<String> = written.iter().map(|item| format!("{newline}{inner}{item},")).collect();
            return Some(Edit { span: self.at(at, at), text: lines.concat() });
        }
        // A comment at the end of the line stays with the item that it is about.
        let line = line_end(text, end).min(list.span.end as usize);
        let comment = text.get(end..line).filter(|rest| rest.trim_start().starts_with(['#', '/'])).unwrap_or_default();
        let new = format!(",{comment}{newline}{inner}{}", written.join(&format!(",{newline}{inner}")));
        Some(Edit { span: self.at(end, end + comment.len()), text: new })
    }

    pub(in super::super) fn beside(&self, span: Span, item: &Term) -> Option<Edit> {
        let found = find::expression(&self.document.body, span)?;
        match found.holder {
            Holder::Item { list, index } => {
                let ExprKind::List(there) = &list.kind else { return None };
                self.behind_item(list, there, index, std::slice::from_ref(item))
            }
            Holder::Attribute { .. } | Holder::Entry { .. } => {
                let old = self.document.file.slice(span);
                (!old.contains('\n')).then_some(())?;
                Some(Edit { span, text: format!("[{old}, {}]", render::inline(item)?) })
            }
            Holder::Other => None,
        }
    }

    pub(in super::super) fn create(
        &self,
        beside: Span,
        kind: &str,
        name: &str,
        entries: &[(String, Term)],
    ) -> Option<Edit> {
        let block = self.document.body.blocks.iter().find(|block| block.header == beside)?;
        let newline = self.newline();
        let header = format!("resource {} {} {{", render::quoted(kind), render::quoted(name));
        let mut lines = vec![header];
        lines.extend(render::body(entries, &self.unit, &self.unit)?);
        lines.push("}".to_owned());
        let at = line_end(self.text(), (block.span.end as usize).saturating_sub(1));
        Some(Edit { span: self.at(at, at), text: format!("{newline}{newline}{}", lines.join(newline)) })
    }
}
