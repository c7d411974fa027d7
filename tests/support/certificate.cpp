#include "tests/support/certificate.hpp"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <unistd.h>

namespace migstorm::test {

namespace {

template <class T, void (*Free)(T*)>
struct Deleter {
  void operator()(T* object) const noexcept { Free(object); }
};
using Key = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY, EVP_PKEY_free>>;
using Cert = std::unique_ptr<X509, Deleter<X509, X509_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Deleter<X509_EXTENSION, X509_EXTENSION_free>>;

void require(bool done, const char* what) {
  if (!done) {
    throw std::runtime_error(what);
  }
}

void add_extension(X509* certificate, int kind, const std::string& value) {
  X509V3_CTX context{};
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()));
  require(extension && X509_add_ext(certificate, extension.get(), -1) == 1, "certificate extension");
}

template <class Write>
std::string to_pem(Write write) {
  const std::unique_ptr<BIO, Deleter<BIO, BIO_free_all>> out(BIO_new(BIO_s_mem()));
  require(out && write(out.get()) == 1, "PEM");
  std::string text(BIO_ctrl_pending(out.get()), '\0');
  require(BIO_read(out.get(), text.data(), static_cast<int>(text.size())) == static_cast<int>(text.size()),
          "PEM");
  return text;
}

} // namespace

Certificate make_certificate(const std::string& alternative) {
  const Key key(EVP_EC_gen("P-256"));
  const Cert certificate(X509_new());
  require(key && certificate, "key");
  X509* x509 = certificate.get();
  X509_set_version(x509, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(x509), 1);
  X509_gmtime_adj(X509_getm_notBefore(x509), -3600);
  X509_gmtime_adj(X509_getm_notAfter(x509), 3600);
  X509_NAME* name = X509_get_subject_name(x509);
  const auto* common_name = reinterpret_cast<const unsigned char*>("migstorm test host");
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, common_name, -1, -1, 0);
  X509_set_issuer_name(x509, name);
  X509_set_pubkey(x509, key.get());
  add_extension(x509, NID_basic_constraints, "critical,CA:TRUE");
  add_extension(x509, NID_subject_alt_name, alternative);
  require(X509_sign(x509, key.get(), EVP_sha256()) > 0, "signature");
  return {to_pem([&](BIO* out) { return PEM_write_bio_X509(out, x509); }), to_pem([&](BIO* out) {
            return PEM_write_bio_PrivateKey(out, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
          })};
}

TemporaryFile::TemporaryFile(const std::string& content)
    : path_((std::filesystem::temp_directory_path() / "migstorm-XXXXXX").string()) {
  const int file = ::mkstemp(path_.data());
  require(file >= 0, "temporary file");
  const auto written = ::write(file, content.data(), content.size());
  ::close(file);
  require(written == static_cast<ssize_t>(content.size()), "temporary file");
}

TemporaryFile::~TemporaryFile() {
  std::error_code ignored;
  std::filesystem::remove(path_, ignored);
}

} // namespace migstorm::test
