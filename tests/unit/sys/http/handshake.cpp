#include "sys/http/handshake.h"
#include "support/catch.h"
#include "sys/freed.h"
#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/x509_vfy.h>
#include <string>

using namespace fairlead;

namespace {

// Names of several parts and of odd characters, and an alternative name of each kind.
const std::string certificate_of_many_names = "-----BEGIN CERTIFICATE-----\n"
                                              "MIICZzCCAgygAwIBAgIUAmVY/eRr8qCmIKSHilor42osYfkwCgYIKoZIzj0EAwIw\n"
                                              "aDELMAkGA1UEBhMCREUxETAPBgNVBAoMCEV4LCBJbmMuMRowCgYDVQQLDANBL0Iw\n"
                                              "DAYDVQQLDAV4ICJxIjEUMBIGA1UEAwwLbMO2IGNhbGhvc3QxFDASBgkqhkiG9w0B\n"
                                              "CQEWBWFAYi5jMB4XDTI2MTEyOTEyMzA0OFoXDTI2MTIyOTEyMzA0OFowaDELMAkG\n"
                                              "A1UEBhMCREUxETAPBgNVBAoMCEV4LCBJbmMuMRowCgYDVQQLDANBL0IwDAYDVQQL\n"
                                              "DAV4ICJxIjEUMBIGA1UEAwwLbMO2IGNhbGhvc3QxFDASBgkqhkiG9w0BCQEWBWFA\n"
                                              "Yi5jMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEPjJA850snV4vOwnorUFjMf5a\n"
                                              "A+9xAoD7Y4Kv/x7lR3e1cEri0iKE1Y2XFPaUt/Kk+yOmBPBp46t3m75mYyM0JKOB\n"
                                              "kzCBkDBvBgNVHREEaDBmgglsb2NhbGhvc3SHBH8AAAGHEAAAAAAAAAAAAAAAAAAA\n"
                                              "AAGBBWFAYi5jhgtodHRwczovL3gveaQcMBoxCzAJBgNVBAYTAkZSMQswCQYDVQQD\n"
                                              "DAJ6eqAKBgIqA6AEDAJoaYgDKgMEMB0GA1UdDgQWBBQ9qxXKhjsKme2qnLT4esQr\n"
                                              "0Mf0uzAKBggqhkjOPQQDAgNJADBGAiEA0MzrxIKAermMngUkBNkDZWwgoDClwN3V\n"
                                              "Q4jZf8Ft8PACIQDjcfPXZP5eMJh1KPM1+V5+g95K2/1+hWoxADYDgG4ARw==\n"
                                              "-----END CERTIFICATE-----";

}

TEST_CASE("a certificate is read in its order, with all its names, and whole") {
    const sys::Freed<BIO, BIO_free_all> text(BIO_new_mem_buf(certificate_of_many_names.data(), -1));
    const sys::Freed<X509, X509_free> own(PEM_read_bio_X509(text.get(), nullptr, nullptr, nullptr));
    REQUIRE(own);
    const sys::Freed<X509_STORE, X509_STORE_free> store(X509_STORE_new());
    const sys::Freed<X509_STORE_CTX, X509_STORE_CTX_free> context(X509_STORE_CTX_new());
    STACK_OF(X509)* const sent = sk_X509_new_null();
    sk_X509_push(sent, own.get());
    REQUIRE(X509_STORE_CTX_init(context.get(), store.get(), own.get(), sent) == 1);
    const auto handshake = sys::read_handshake(context.get(), "127.0.0.1");
    sk_X509_free(sent);

    REQUIRE(handshake.chain.size() == 1);
    const auto& read = handshake.chain[0];
    CHECK(read.subject_line ==
          R"(C = DE, O = "Ex, Inc.", OU = A/B + OU = x \"q\", CN = l\C3\B6 calhost, emailAddress = a@b.c)");
    CHECK(read.issuer_line == read.subject_line);
    CHECK(read.subject.starts_with("emailAddress=a@b.c,CN="));
    CHECK(read.alternatives ==
          "DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1, email:a@b.c, URI:https://x/y, "
          "DirName:/C=FR/CN=zz, othername: 1.2.3::hi, Registered ID:1.2.3.4");
    CHECK(read.names == std::vector<std::string>{"localhost"});
    CHECK(read.serial == "026558fde46bf2a0a620a4878a5a2be36a2c61f9");
    CHECK(read.pem == certificate_of_many_names);
    CHECK(handshake.names_host);
    CHECK_FALSE(handshake.distrust.empty());
}
