#include "unit/preflight/host/site_rules.h"

using namespace fairlead;
using namespace fairlead::test;

namespace {

constexpr auto day = Milliseconds{24LL * 60 * 60 * 1000};
const SystemTime now{Milliseconds{1800000000000}};

preflight::Site with(sys::Handshake handshake) {
    auto site = https_site({});
    site.handshake = std::move(handshake);
    return site;
}

preflight::Site ending(int leaf_days, int chain_days) {
    return with({.version = "TLSv1.3",
                 .chain = {{"CN=a", "CN=b", {"a.test"}, {}, now + leaf_days * day},
                           {"CN=b", "CN=c", {}, {}, now + chain_days * day}}});
}

}

TEST_CASE("a certificate of the chain that ends soon") {
    CHECK(levels("tls-expiry", ending(90, 900), now).empty());
    CHECK(levels("tls-expiry", ending(30, 900), now).empty());
    CHECK(levels("tls-expiry", ending(29, 900), now) == "warning");
    CHECK(levels("tls-expiry", ending(90, 20), now) == "warning");
    CHECK(levels("tls-expiry", ending(6, 900), now) == "error");
    CHECK(levels("tls-expiry", ending(-1, 900), now) == "error");
    CHECK(say("tls-expiry", ending(-1, 900), now).messages.at(0).find("expired on 2027-01-14") != std::string::npos);
}

TEST_CASE("a certificate that isn't trusted, or is another's") {
    CHECK(levels("tls-chain", with({.version = "TLSv1.3"})).empty());
    CHECK(levels("tls-chain", with({.version = "TLSv1.3", .distrust = "self-signed certificate"})) == "error");
    CHECK(levels("tls-chain", with({.version = "TLSv1.3", .distrust = "certificate has expired", .is_expired = true}))
              .empty());
    CHECK(levels("tls-chain", with({.version = "TLSv1.3", .names_host = false})) == "error");
    CHECK(levels("tls-chain", https_site({})).empty());
}

TEST_CASE("versions of TLS") {
    CHECK(levels("tls-version", with({.version = "TLSv1.3"})).empty());
    CHECK(levels("tls-version", with({.version = "TLSv1.2"})) == "warning");
    auto site = with({.version = "TLSv1.3"});
    site.old_tls = "TLSv1.1";
    CHECK(levels("tls-version", site) == "error");
}
