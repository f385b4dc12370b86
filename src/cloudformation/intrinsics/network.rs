//! `Fn::Cidr`: equal blocks out of a larger one.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::value::{Shape, Value, combine};

use super::super::call::Call;
use super::super::for_each::Scope;
use super::super::stack::Stack;
use super::super::text;

/// The reference allows 1 to 256 blocks.
const MAX_BLOCKS: u32 = 256;

impl<'t> Stack<'t> {
    pub(super) fn fn_cidr(&self, call: &Call<'t>, scope: &Scope) -> Value {
        let items = call.items();
        let (Some(block), Some(count)) = (items.first(), items.get(1)) else {
            return self.malformed(call, "a block, a count and the bits of each part");
        };
        let (block, count) = (self.eval(*block, scope), self.eval(*count, scope));
        let bits = items.get(2).map(|node| self.eval(*node, scope));
        let mut arguments = vec![&block, &count];
        arguments.extend(&bits);
        combine(&arguments, &mut |leaves| {
            let literal = self.session.origins.literal(call.span);
            let texts: Option<Vec<_>> = leaves.iter().map(|leaf| text::of_scalar(leaf)).collect();
            let Some(texts) = texts else {
                return self.made(text::derived("Cidr", leaves, Shape::List, literal), call.span, leaves);
            };
            let number = |at: usize| texts.get(at).and_then(|text| text.trim().parse::<u32>().ok());
            let blocks = texts
                .first()
                .zip(number(1))
                .and_then(|(block, count)| blocks(block, count, texts.get(2).map(|_| number(2).unwrap_or(u32::MAX))));
            match blocks {
                Some(blocks) => {
                    let origin = self.session.expression(call.span, leaves[0].origin);
                    Value::list(blocks.into_iter().map(|block| Value::string(block, origin)).collect(), origin)
                }
                None => self.not_known(call, "the block can't be divided like that"),
            }
        })
    }
}

/// The first `count` blocks with `bits` bits for hosts each.
fn blocks(block: &str, count: u32, bits: Option<u32>) -> Option<Vec<String>> {
    let (address, prefix) = block.trim().split_once('/')?;
    let prefix: u32 = prefix.parse().ok()?;
    let (base, width): (u128, u32) = match address.parse::<IpAddr>().ok()? {
        IpAddr::V4(address) => (u128::from(u32::from(address)), 32),
        IpAddr::V6(address) => (u128::from(address), 128),
    };
    let bits = bits.unwrap_or(if width == 32 { 8 } else { 64 });
    let free = width.checked_sub(prefix)?;
    if count == 0 || count > MAX_BLOCKS || bits > free || bits >= 128 {
        return None;
    }
    let available = 1u128.checked_shl(free - bits).unwrap_or(u128::MAX);
    if u128::from(count) > available {
        return None;
    }
    let mask = if free >= 128 { 0 } else { u128::MAX << free };
    let base = base & mask;
    (0..count)
        .map(|index| {
            let address = base.checked_add(u128::from(index).checked_shl(bits)?)?;
            let size = width - bits;
            Some(if width == 32 {
                format!("{}/{size}", Ipv4Addr::from(u32::try_from(address).ok()?))
            } else {
                format!("{}/{size}", Ipv6Addr::from(address))
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_those_of_the_reference() {
        assert_eq!(
            blocks("192.168.0.0/24", 6, Some(5)).expect("divides").join(" "),
            "192.168.0.0/27 192.168.0.32/27 192.168.0.64/27 192.168.0.96/27 192.168.0.128/27 192.168.0.160/27"
        );
        assert_eq!(blocks("10.0.0.0/16", 2, Some(8)).expect("divides"), ["10.0.0.0/24", "10.0.1.0/24"]);
        assert_eq!(blocks("2001:db8::/56", 2, Some(64)).expect("divides"), ["2001:db8::/64", "2001:db8:0:1::/64"]);
        assert_eq!(blocks("10.0.0.0/24", 3, Some(8)), None, "there is only one such block");
        assert_eq!(blocks("nonsense", 1, Some(8)), None);
        assert_eq!(blocks("10.0.0.0/40", 1, Some(8)), None);
    }
}
