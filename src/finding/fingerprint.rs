//! Fingerprints: what a finding is called across runs, whatever happens to line numbers and file names.

/// A hash of what makes a finding itself: the policy, the resource's address (with the part of it) and the attribute.
/// Sixteen hexadecimal digits. It is the same on every machine and in every release of this version of the contract.
#[must_use]
pub fn fingerprint(policy: &str, address: &str, attribute: &str, occurrence: usize) -> String {
    let mut hash = Fnv::new();
    for part in [policy, address, attribute] {
        hash.write(part.as_bytes());
        // A byte that no UTF-8 text holds keeps neighbouring parts apart.
        hash.write(&[0xff]);
    }
    if occurrence > 0 {
        hash.write(&occurrence.to_le_bytes());
    }
    format!("{:016x}", hash.finish())
}

/// FNV-1a over 64 bits (draft-eastlake-fnv).
struct Fnv(u64);

impl Fnv {
    const fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    const fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::{Fnv, fingerprint};

    #[test]
    fn the_hash_is_the_published_one() {
        // From the test vectors of the FNV draft.
        let mut hash = Fnv::new();
        hash.write(b"foobar");
        assert_eq!(hash.finish(), 0x8594_4171_f739_67e8);
    }

    #[test]
    fn each_part_counts_and_borders_are_kept() {
        let all = [
            fingerprint("a", "b", "c", 0),
            fingerprint("ab", "", "c", 0),
            fingerprint("a", "bc", "", 0),
            fingerprint("a", "b", "c", 1),
        ];
        for (index, one) in all.iter().enumerate() {
            assert_eq!(one.len(), 16);
            assert!(all.iter().skip(index + 1).all(|other| other != one));
        }
    }
}
