//! Networks in CIDR notation.

use std::net::IpAddr;
use std::str::FromStr;

/// A network such as `192.0.2.0/24`, or one address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    prefix: u32,
}

impl Network {
    /// True if `address` lies in the network. An IPv4 address mapped into IPv6 counts as the IPv4 address.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        let (own, width) = bits(self.address);
        let (other, other_width) = bits(address);
        let free = width - self.prefix;
        width == other_width && own.checked_shr(free) == other.checked_shr(free)
    }
}

/// The address as a number, and how many bits it has.
fn bits(address: IpAddr) -> (u128, u32) {
    match address.to_canonical() {
        IpAddr::V4(address) => (u128::from(address.to_bits()), u32::BITS),
        IpAddr::V6(address) => (address.to_bits(), u128::BITS),
    }
}

impl FromStr for Network {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text} is not a network such as 192.0.2.0/24 or 2001:db8::/32");
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| wrong())?;
        let (_, width) = bits(address);
        let prefix = prefix.map_or(Ok(width), |digits| digits.parse().map_err(|_| wrong()))?;
        if prefix > width {
            return Err(wrong());
        }
        let network = Self { address, prefix };
        // 192.0.2.7/24 is most likely a slip: one host or the whole network?
        let first = bits(address).0.checked_shr(width - prefix).unwrap_or(0);
        if first.checked_shl(width - prefix).unwrap_or(0) != bits(address).0 {
            return Err(format!("{text} has bits set after its prefix of {prefix} bits"));
        }
        Ok(network)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_holds_its_addresses_only() {
        for (network, inside, outside) in [
            ("192.0.2.0/24", "192.0.2.255", "192.0.3.0"),
            ("192.0.2.7", "192.0.2.7", "192.0.2.6"),
            ("192.0.2.4/30", "::ffff:192.0.2.7", "192.0.2.8"),
            ("0.0.0.0/0", "8.8.8.8", "2001:db8::1"),
            ("2001:db8::/32", "2001:db8:ffff::1", "2001:db9::1"),
            ("::/0", "2001:db8::1", "8.8.8.8"),
            ("::1", "::1", "::2"),
        ] {
            let net: Network = network.parse().unwrap();
            assert!(net.contains(inside.parse().unwrap()), "{inside} in {network}");
            assert!(
                !net.contains(outside.parse().unwrap()),
                "{outside} not in {network}"
            );
        }
    }

    #[test]
    fn what_is_no_network_is_refused() {
        for text in [
            "",
            "192.0.2",
            "192.0.2.0/33",
            "192.0.2.0/-1",
            "192.0.2.0/",
            "192.0.2.7/24",
            "2001:db8::/129",
            "1.0.0.0/0",
            "example.kz",
        ] {
            assert!(text.parse::<Network>().is_err(), "{text}");
        }
    }
}
