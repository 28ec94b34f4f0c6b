//! TLS of the webhooks: the certificate and the key of the gateway, and whose certificates callers must show.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use saqta_data::small_file;
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{RootCertStore, ServerConfig};

use crate::failure::Failure;

/// The files, as the configuration names them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TlsFiles {
    /// The certificate chain in PEM, the gateway's own first.
    pub(crate) cert: PathBuf,
    /// Its private key in PEM.
    pub(crate) key: PathBuf,
    /// The authorities in PEM of which callers must show a certificate.
    pub(crate) client_ca: Option<PathBuf>,
}

impl TlsFiles {
    /// Reads the files.
    ///
    /// # Errors
    /// A file that cannot be read or holds something else, a key that is not the certificate's.
    pub(crate) fn load(&self) -> Result<Arc<ServerConfig>, Failure> {
        let chain = certificates(&self.cert)?;
        let key = PrivateKeyDer::from_pem_slice(&read(&self.key)?)
            .map_err(|_| Failure::of(self.key.display(), "this is no private key in PEM"))?;
        let provider = Arc::new(ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider.clone())
            .with_safe_default_protocol_versions()
            .map_err(|error| Failure::of(self.cert.display(), error))?;
        let config = match &self.client_ca {
            None => config.with_no_client_auth(),
            Some(path) => {
                let verifier = WebPkiClientVerifier::builder_with_provider(authorities(path)?, provider);
                let verifier = verifier
                    .build()
                    .map_err(|error| Failure::of(path.display(), error))?;
                config.with_client_cert_verifier(verifier)
            }
        };
        let mut config = config.with_single_cert(chain, key).map_err(|error| {
            Failure::of(
                self.cert.display(),
                format_args!("{error} ({})", self.key.display()),
            )
        })?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Arc::new(config))
    }
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let text = small_file::read(path).map_err(|error| Failure::of(path.display(), error))?;
    Ok(text.into_bytes())
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, Failure> {
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&read(path)?).collect();
    chain
        .ok()
        .filter(|chain| !chain.is_empty())
        .ok_or_else(|| Failure::of(path.display(), "there is no certificate in PEM in it"))
}

fn authorities(path: &Path) -> Result<Arc<RootCertStore>, Failure> {
    let mut roots = RootCertStore::empty();
    for certificate in certificates(path)? {
        let added = roots.add(certificate);
        added.map_err(|error| Failure::of(path.display(), format_args!("this is no authority: {error}")))?;
    }
    Ok(Arc::new(roots))
}

/// What new connections are greeted with. Cheap to clone; all clones follow the same change of certificates.
#[derive(Clone, Debug)]
pub(crate) struct Greeter(watch::Receiver<Option<Arc<ServerConfig>>>);

/// Changes the certificates of its [`Greeter`].
#[derive(Debug)]
pub(crate) struct Certificates(watch::Sender<Option<Arc<ServerConfig>>>);

impl Certificates {
    /// Those that the configuration names; none: plain HTTP.
    pub(crate) fn load(files: Option<&TlsFiles>) -> Result<(Self, Greeter), Failure> {
        let (sender, receiver) = watch::channel(files.map(TlsFiles::load).transpose()?);
        Ok((Self(sender), Greeter(receiver)))
    }

    /// Greets new connections with `config` from now on; those that are open stay as they are.
    pub(crate) fn replace(&self, config: Option<Arc<ServerConfig>>) {
        self.0.send_replace(config);
    }
}

impl Greeter {
    /// Plain HTTP for ever.
    pub(crate) fn plain() -> Self {
        Self(watch::channel(None).1)
    }

    /// How to greet a connection that has just been opened; `None`: it speaks plain HTTP.
    pub(crate) fn acceptor(&self) -> Option<TlsAcceptor> {
        self.0.borrow().clone().map(TlsAcceptor::from)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    struct Pair {
        cert: String,
        key: String,
    }

    fn pair() -> Pair {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        Pair {
            cert: made.cert.pem(),
            key: made.signing_key.serialize_pem(),
        }
    }

    fn files(dir: &Path, cert: &str, key: &str, client_ca: Option<&str>) -> TlsFiles {
        let write = |name: &str, text: &str| {
            let path = dir.join(name);
            fs::write(&path, text).unwrap();
            path
        };
        TlsFiles {
            cert: write("cert.pem", cert),
            key: write("key.pem", key),
            client_ca: client_ca.map(|text| write("ca.pem", text)),
        }
    }

    #[test]
    fn files_that_fit_are_taken() {
        let dir = tempfile::tempdir().unwrap();
        let own = pair();
        let config = files(dir.path(), &own.cert, &own.key, None).load().unwrap();
        assert_eq!(config.alpn_protocols, [b"http/1.1"]);
        assert!(
            files(dir.path(), &own.cert, &own.key, Some(&own.cert))
                .load()
                .is_ok()
        );
    }

    #[test]
    fn what_is_wrong_with_a_file_is_said_with_its_name_and_without_the_key() {
        let dir = tempfile::tempdir().unwrap();
        let (own, other) = (pair(), pair());
        let (cert, key) = (own.cert.as_str(), own.key.as_str());
        for (pem, file, said) in [
            (("x", key, None), "cert.pem", "no certificate in PEM"),
            ((key, key, None), "cert.pem", "no certificate in PEM"),
            ((cert, "x", None), "key.pem", "no private key in PEM"),
            ((cert, other.key.as_str(), None), "cert.pem", "key.pem"),
            ((cert, key, Some("")), "ca.pem", "no certificate in PEM"),
        ] {
            let error = files(dir.path(), pem.0, pem.1, pem.2)
                .load()
                .unwrap_err()
                .to_string();
            assert!(error.contains(file) && error.contains(said), "{error}");
            assert!(!error.contains("PRIVATE"), "{error}");
        }
        let gone = TlsFiles {
            cert: dir.path().join("gone.pem"),
            key: dir.path().join("key.pem"),
            client_ca: None,
        };
        assert!(gone.load().unwrap_err().to_string().contains("gone.pem"));
    }
}
