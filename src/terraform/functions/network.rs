//! IP networks: `cidrsubnet` and its like, for IPv4 and IPv6.

use std::net::{Ipv4Addr, Ipv6Addr};

use num_bigint::BigInt;

use crate::value::{Shape, Value};

use super::Error;
use super::call::{Call, Function, NUMBER, STRING};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("cidrcontains", &[STRING, STRING], Shape::Bool, cidrcontains),
    Function::new("cidrhost", &[STRING, NUMBER], Shape::String, cidrhost),
    Function::new("cidrnetmask", &[STRING], Shape::String, |call| {
        let network = Network::parse(call.text(0)?)?;
        if network.bits == 128 && !network.is_mapped() {
            return Err(Error::of_argument("an IPv6 network has no netmask", 0));
        }
        Ok(call.string(network.at(network.mask()).address_text()))
    }),
    Function::new("cidrsubnet", &[STRING, NUMBER, NUMBER], Shape::String, cidrsubnet),
    Function::new("cidrsubnets", &[STRING], Shape::List, cidrsubnets).and_more(NUMBER),
];

/// Why nothing is said of networks of IPv4 in the notation of IPv6.
const MAPPED: &str = "networks of IPv4 in the notation of IPv6 are not followed";

/// A network; its address has no host bits.
#[derive(Clone, Copy)]
struct Network {
    address: u128,
    prefix: u32,
    /// 32 or 128.
    bits: u32,
}

impl Network {
    fn parse(text: &str) -> Result<Self, Error> {
        Self::read(text).ok_or_else(|| {
            Error::of_argument(format!("`{text}` is no network; one is written `10.0.0.0/16` or `fd00::/64`"), 0)
        })
    }

    fn read(text: &str) -> Option<Self> {
        let (address, prefix) = text.split_once('/')?;
        let (address, bits) = read_address(address)?;
        if prefix.is_empty() || prefix.len() > 3 || !prefix.bytes().all(|digit| digit.is_ascii_digit()) {
            return None;
        }
        let prefix: u32 = prefix.parse().ok()?;
        if prefix > bits {
            return None;
        }
        let network = Self { address, prefix, bits };
        Some(network.at(address & network.mask()))
    }

    fn at(self, address: u128) -> Self {
        Self { address, ..self }
    }

    /// Whether it is one of IPv4 in the notation of IPv6, of which Terraform makes now the one and now the other.
    fn is_mapped(self) -> bool {
        self.bits == 128 && self.address >> 32 == 0xFFFF
    }

    fn host_bits(self) -> u32 {
        self.bits - self.prefix
    }

    fn mask(self) -> u128 {
        let all = if self.bits == 128 { u128::MAX } else { (1 << self.bits) - 1 };
        all & all.checked_shl(self.host_bits()).unwrap_or(0)
    }

    fn address_text(self) -> String {
        match u32::try_from(self.address) {
            Ok(address) if self.bits == 32 => Ipv4Addr::from(address).to_string(),
            _ => Ipv6Addr::from(self.address).to_string(),
        }
    }

    fn text(self) -> String {
        format!("{}/{}", self.address_text(), self.prefix)
    }
}

/// An address and how many bits it has. The numbers of an IPv4 address may begin with zeros.
fn read_address(text: &str) -> Option<(u128, u32)> {
    if text.contains(':') {
        return text.parse::<Ipv6Addr>().ok().map(|address| (u128::from(address), 128));
    }
    let numbers: Vec<&str> = text.split('.').collect();
    if numbers.len() != 4 {
        return None;
    }
    let mut address = 0u128;
    for number in numbers {
        if number.is_empty() || !number.bytes().all(|digit| digit.is_ascii_digit()) {
            return None;
        }
        address = address << 8
            | u128::from(
                number
                    .trim_start_matches('0')
                    .parse::<u8>()
                    .or_else(|error| if number.bytes().all(|digit| digit == b'0') { Ok(0) } else { Err(error) })
                    .ok()?,
            );
    }
    Some((address, 32))
}

/// A whole number of any size.
fn whole(call: &Call<'_>, at: usize) -> Result<BigInt, Error> {
    let number = call.number(at)?;
    if number.is_integer() { Ok(number.truncated()) } else { Err(Error::of_argument("a whole number is required", at)) }
}

fn cidrhost(call: &Call<'_>) -> Result<Value, Error> {
    let network = Network::parse(call.text(0)?)?;
    let number = whole(call, 1)?;
    if network.is_mapped() {
        return Ok(call.unknown_for(MAPPED));
    }
    let count = BigInt::from(1) << network.host_bits();
    // Negative numbers count from the end; of positive ones Terraform looks at 64 bits only, and lays all of them over
    // the address.
    let host = if number < BigInt::from(0) { &number + &count } else { number.clone() };
    let fits = if number < BigInt::from(0) { host >= BigInt::from(0) } else { low_bits(&number) < count };
    if !fits {
        return Err(Error::of_argument(format!("a prefix of {} has no host number {number}", network.prefix), 1));
    }
    let too_large = || Error::of_argument("the host number is too large", 1);
    let host = u128::try_from(host).map_err(|_| too_large())?;
    if network.bits < u128::BITS && host >> network.bits != 0 {
        return Err(too_large());
    }
    Ok(call.string(network.at(network.address | host).address_text()))
}

/// The lowest 64 bits of a number, with the highest of them as the sign.
fn low_bits(number: &BigInt) -> BigInt {
    let low = number % (BigInt::from(1) << 64);
    if low >= BigInt::from(1) << 63 { low - (BigInt::from(1) << 64) } else { low }
}

/// The network that lies `number` places into a network whose prefix is longer by some bits.
fn subnet(network: Network, new_bits: i64, number: &BigInt) -> Result<Network, Error> {
    let prefix = i64::from(network.prefix) + new_bits;
    let prefix = u32::try_from(prefix).ok().filter(|prefix| *prefix <= network.bits).ok_or_else(|| {
        Error::of_argument(format!("a prefix of {} can't be extended by {new_bits} bits", network.prefix), 1)
    })?;
    let extended = Network { prefix, ..network };
    let fits =
        u32::try_from(new_bits).is_ok_and(|bits| *number < BigInt::from(1) << bits) || *number == BigInt::from(0);
    let number = u128::try_from(number).ok().filter(|_| fits).ok_or_else(|| {
        Error::of_argument(format!("a prefix extended by {new_bits} bits has no subnet number {number}"), 2)
    })?;
    let address = network.address | number.checked_shl(extended.host_bits()).unwrap_or(0);
    Ok(extended.at(address & extended.mask()))
}

fn cidrsubnet(call: &Call<'_>) -> Result<Value, Error> {
    let network = Network::parse(call.text(0)?)?;
    let new_bits = call.integer(1)?;
    let number = whole(call, 2)?;
    if network.is_mapped() {
        return Ok(call.unknown_for(MAPPED));
    }
    if number < BigInt::from(0) || new_bits < 0 && number != BigInt::from(0) {
        // What Terraform makes of it lies outside of the network.
        return Ok(call.unknown_for("the number of the subnet or of its bits is negative"));
    }
    Ok(call.string(subnet(network, new_bits, &number)?.text()))
}

fn cidrsubnets(call: &Call<'_>) -> Result<Value, Error> {
    let network = Network::parse(call.text(0)?)?;
    if network.is_mapped() {
        return Ok(call.unknown_for(MAPPED));
    }
    if network.address == 0 && call.args.len() > 1 {
        // Terraform begins one subnet before the network, where there is no address.
        return Err(Error::of_argument("a network that begins at the first of all addresses can't be divided", 0));
    }
    let mut subnets = Vec::new();
    // The first address behind the last subnet; more bits than an address has when the space is used up.
    let mut next = BigInt::from(network.address);
    let end = BigInt::from(network.address) + (BigInt::from(1) << network.host_bits());
    for at in 1..call.args.len() {
        let new_bits = call.integer(at)?;
        if new_bits < 1 {
            return Err(Error::of_argument("a prefix has to be extended by at least one bit", at));
        }
        let first =
            subnet(network, new_bits, &BigInt::from(0)).map_err(|error| Error::of_argument(error.message, at))?;
        let size = BigInt::from(1) << first.host_bits();
        let start = (&next + &size - 1) / &size * &size;
        next = &start + &size;
        if next > end {
            return Err(Error::of_argument(format!("no space is left for a prefix of {} bits", first.prefix), at));
        }
        let address = u128::try_from(start).map_err(|_| Error::of_argument("no space is left", at))?;
        subnets.push(first.at(address).text());
    }
    Ok(call.strings(subnets))
}

fn cidrcontains(call: &Call<'_>) -> Result<Value, Error> {
    let outer = Network::parse(call.text(0)?)?;
    let text = call.text(1)?;
    let inner = match read_address(text) {
        Some((address, bits)) => Network { address, prefix: bits, bits },
        None => Network::read(text)
            .ok_or_else(|| Error::of_argument(format!("`{text}` is no address and no network"), 1))?,
    };
    if inner.bits != outer.bits {
        return Err(Error::new("both have to be IPv4, or both IPv6"));
    }
    Ok(call.bool(inner.prefix >= outer.prefix && inner.address & outer.mask() == outer.address))
}
