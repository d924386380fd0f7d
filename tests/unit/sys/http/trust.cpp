#include "sys/http/client.h"
#include "unit/sys/http_server.h"
#include <fstream>

using namespace fairlead;
using namespace fairlead::sys;
using namespace fairlead::test;

namespace {

HttpRequest get(const TlsServer& server) {
    HttpRequest request;
    request.url = "https://localhost:" + server.port + "/";
    request.resolve = {"localhost:" + server.port + ":127.0.0.1"};
    request.timeout = Milliseconds(5000);
    return request;
}

HttpResponse sent_trusting(const HttpRequest& request) {
    auto result = real_http().send(request);
    REQUIRE(result.ok());
    return std::move(result).value();
}

struct Variable {
    Variable(const char* name, const std::string& value) : name_(name) {
        if (const char* before = ::getenv(name)) before_ = before;
        ::setenv(name, value.c_str(), 1);
    }
    ~Variable() { before_.empty() ? ::unsetenv(name_) : ::setenv(name_, before_.c_str(), 1); }
    Variable(const Variable&) = delete;
    Variable& operator=(const Variable&) = delete;

  private:
    const char* name_;
    std::string before_;
};

}

TEST_CASE("an unknown certificate is refused unless certificates are not checked") {
    TlsServer server;
    if (server.port.empty()) SKIP_LOUDLY("openssl", "openssl s_server is not here");
    HttpRequest request = get(server);
    CHECK(sent_trusting(request).failure == HttpFailure::certificate);
    request.insecure = true;
    const HttpResponse response = sent_trusting(request);
    CHECK(response.status == 200);
    CHECK(response.tls >= response.connect);
    request.insecure = false; // a connection that nobody looked at is not taken again
    CHECK(sent_trusting(request).failure == HttpFailure::certificate);
}

TEST_CASE("a private CA is trusted by its file, and by SSL_CERT_FILE and SSL_CERT_DIR, by nobody else") {
    TlsServer server;
    if (server.port.empty()) SKIP_LOUDLY("openssl", "openssl s_server is not here");
    HttpRequest request = get(server);
    request.ca_file = server.ca_file();
    CHECK(sent_trusting(request).status == 200);
    request.ca_file.clear();
    CHECK(sent_trusting(request).failure == HttpFailure::certificate); // nor a connection that was made with the file
    {
        const Variable file("SSL_CERT_FILE", server.ca_file());
        CHECK(sent_trusting(request).status == 200);
        CHECK(check_trust("").ok());
    }
    const auto folder = std::filesystem::path(server.ca_file()).parent_path().string();
    if (std::system(("cd '" + folder + "' && ln -s ca.pem $(openssl x509 -hash -noout -in ca.pem).0").c_str()) == 0) {
        const Variable named("SSL_CERT_DIR", folder), none("SSL_CERT_FILE", "");
        CHECK(sent_trusting(request).status == 200);
    }
    CHECK(sent_trusting(request).failure == HttpFailure::certificate);
}

TEST_CASE("a CA file that is missing or holds no certificate is wrong use, and who named it is told") {
    const auto missing = check_trust("/nowhere/ca.pem");
    REQUIRE_FALSE(missing.ok());
    CHECK(missing.error().kind == Kind::usage);
    CHECK(missing.error().message ==
          "CA file '/nowhere/ca.pem' can't be read: No such file or directory; expected certificates in PEM");
    const auto empty = (std::filesystem::temp_directory_path() / ("fl-ca-" + std::to_string(::getpid()))).string();
    std::ofstream(empty) << "no certificate\n";
    const Variable file("SSL_CERT_FILE", empty);
    const auto none = check_trust("");
    std::filesystem::remove(empty);
    REQUIRE_FALSE(none.ok());
    CHECK(none.error().message ==
          "CA file '" + empty + "' holds no certificate; expected certificates in PEM (from SSL_CERT_FILE)");
}
