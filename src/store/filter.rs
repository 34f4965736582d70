//! Which keys a run certainly does not hold: a Bloom filter (Bloom 1970) of ten bits a key.
//!
//! Of a hundred keys that are not there, one is looked for in vain. The hash is written out here since it
//! is in the files: one that a newer compiler computes otherwise would hide rows.

const BITS_A_KEY: u64 = 10;
/// Of ten bits a key, ln 2 is the best number of bits to set.
const SET: u64 = 7;

#[derive(Debug)]
pub(super) struct Filter {
    bits: Vec<u8>,
}

impl Filter {
    pub fn for_keys(count: u64) -> Self {
        let bytes = (count * BITS_A_KEY).div_ceil(8).max(8);
        Self { bits: vec![0; usize::try_from(bytes).expect("as many keys as fit a disk")] }
    }

    pub fn from_bytes(bytes: &[u8]) -> Self {
        Self { bits: bytes.to_vec() }
    }

    pub fn bytes(&self) -> &[u8] {
        &self.bits
    }

    pub fn add(&mut self, key: &[u8]) {
        for (byte, bit) in places(key, self.bits.len()) {
            self.bits[byte] |= bit;
        }
    }

    pub fn may_hold(&self, key: &[u8]) -> bool {
        !self.bits.is_empty() && places(key, self.bits.len()).all(|(byte, bit)| self.bits[byte] & bit != 0)
    }
}

/// Two hashes make the others (Kirsch and Mitzenmacher 2006).
fn places(key: &[u8], bytes: usize) -> impl Iterator<Item = (usize, u8)> {
    let hash = hash(key);
    let (first, step) = (hash, hash.rotate_left(32) | 1);
    let bits = bytes as u64 * 8;
    (0..SET).map(move |n| {
        let place = first.wrapping_add(step.wrapping_mul(n)) % bits;
        ((place / 8) as usize, 1 << (place % 8))
    })
}

/// FNV-1a, and the end of `MurmurHash3` to spread what little differs.
fn hash(key: &[u8]) -> u64 {
    let fnv = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
    let mut hash = key.iter().fold(0xcbf2_9ce4_8422_2325, fnv);
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    hash ^ (hash >> 33)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_is_never_denied_and_what_is_not_seldom_supposed() {
        let key = |n: u32| format!("letter/{n:08}-0@network.example");
        let mut filter = Filter::for_keys(10_000);
        (0..10_000).for_each(|n| filter.add(key(n).as_bytes()));
        assert!((0..10_000).all(|n| filter.may_hold(key(n).as_bytes())));
        let supposed = (10_000..20_000).filter(|n| filter.may_hold(key(*n).as_bytes())).count();
        assert!((50..200).contains(&supposed), "{supposed} of 10,000");
    }

    #[test]
    fn the_hash_is_what_the_files_were_written_with() {
        assert_eq!(hash(b"person/ana"), HASH_OF_ANA);
    }

    const HASH_OF_ANA: u64 = 0x2d7f_942d_8005_60d3;
}
