#include "unit/smoke/probes/web_bench.h"

using namespace fairlead;
using namespace fairlead::test;

namespace {

struct RedirectBench : WebBench {
    std::map<std::string, sys::HttpResponse> pages;
    RedirectBench(int code, const std::string& location) {
        pages["http://app.example.org/"] = web_answer(code, {{"Location", location}});
        server.answers = [this](const sys::HttpRequest& request) {
            return pages.contains(request.url) ? pages.at(request.url) : web_answer(200);
        };
    }
    std::string told(const std::string& yaml = "{}") { return faults(redirect_probe(), yaml); }
};

}

TEST_CASE("a redirect to https is permanent, in one step, to the same address") {
    CHECK(RedirectBench(301, "https://app.example.org/").told().empty());
    CHECK(RedirectBench(308, "HTTPS://App.Example.org:443").told().empty());
    CHECK(RedirectBench(301, "//app.example.org/").told().find("it stays at http") != std::string::npos);
    CHECK(RedirectBench(302, "https://app.example.org/").told() ==
          "smoke/redirect: redirects with 302, expected 301 or 308; browsers don't keep it, and ask again each time");
    CHECK(RedirectBench(302, "https://app.example.org/").told("{status: [302]}").empty());
    CHECK(RedirectBench(301, "https://www.example.org/").told() ==
          "smoke/redirect: redirects to https://www.example.org/, expected https://app.example.org/: it leads to "
          "another host; redirect to the own host first");
    CHECK(RedirectBench(301, "http://app.example.org/x").told() ==
          "smoke/redirect: redirects to http://app.example.org/x, expected https://app.example.org/: it stays at http; "
          "redirect to https in one step");
    CHECK(RedirectBench(307, "https://app.example.org/login").told() ==
          "smoke/redirect: redirects to https://app.example.org/login, expected https://app.example.org/: the path is "
          "another one\nsmoke/redirect: redirects with 307, expected 301 or 308; browsers don't keep it, and ask again "
          "each time");
    CHECK(RedirectBench(200, "").told() ==
          "smoke/redirect: answers 200 instead of a redirect to https://app.example.org/; redirect it with 301");
    CHECK(RedirectBench(301, "").told() == "smoke/redirect: answers 301 without a Location header");
    CHECK(RedirectBench(301, "javascript:alert(1)").told() ==
          "smoke/redirect: redirects to 'javascript:alert(1)', which is not a web address");
}

TEST_CASE("a redirect keeps path and query, and may be to another place if that is named") {
    RedirectBench bench(301, "https://app.example.org/");
    bench.pages["http://app.example.org/a?b=1"] = web_answer(301, {{"Location", "https://app.example.org/a"}});
    CHECK(bench.told("'/a?b=1'").find("the query gets lost") != std::string::npos);
    bench.pages["http://app.example.org/a?b=1"] = web_answer(301, {{"Location", "https://app.example.org/a?b=1"}});
    CHECK(bench.told("'/a?b=1'").empty());
    bench.pages["https://www.example.org/"] = web_answer(301, {{"Location", "https://app.example.org/"}});
    CHECK(bench.told("{from: 'https://www.example.org/', to: /}").empty());
}

TEST_CASE("past the proxy nobody leads http to https") {
    const auto told_at = [](const std::string& yaml) {
        RedirectBench bench(200, "");
        bench.plan.at = "unix:/run/app.sock";
        bench.plan.at_host = "app.example.org";
        return bench.told(yaml);
    };
    CHECK(told_at("/").empty());
    CHECK(told_at("{from: 'https://app.example.org/old', to: /new}").find("answers 200 instead") != std::string::npos);
    CHECK(told_at("'http://www.example.org/'").find("answers 200 instead") != std::string::npos);
}

TEST_CASE("a path to lead to is at the base address, or else at the host that redirects") {
    RedirectBench bench(301, "https://app.example.org/");
    CHECK(bench.read(redirect_probe(), "{from: 'https://b.test/a', to: /c}", "").ok());
    bench.pages["https://b.test/a"] = web_answer(301, {{"Location", "/c"}});
    CHECK(bench.faults(redirect_probe(), "{from: 'https://b.test/a', to: /c}", "").empty());
    CHECK(bench.faults(redirect_probe(), "{from: 'https://b.test/a', to: /c}")
              .find("expected https://app.example.org/c") != std::string::npos);
}

TEST_CASE("a redirect to two places leads nowhere") {
    RedirectBench bench(301, "https://app.example.org/");
    auto& headers = bench.pages["http://app.example.org/"].headers;
    headers.emplace_back("location", "https://app.example.org/");
    CHECK(bench.told().empty()); // twice the same
    headers.back().second = "https://other.test/";
    CHECK(bench.told() == "smoke/redirect: answers 301 and sends Location headers that differ; browsers follow none of "
                          "them; send a single one");
    std::swap(headers.front(), headers.back());
    CHECK(bench.told().find("Location headers that differ") != std::string::npos);
}

TEST_CASE("a redirect that leads back is a loop") {
    RedirectBench bench(301, "https://app.example.org/");
    bench.pages["https://app.example.org/"] = web_answer(302, {{"Location", "http://app.example.org/"}});
    CHECK(bench.told() == "smoke/redirect: https://app.example.org/ redirects to the http address again: a loop; let "
                          "the application see the visitor's scheme (X-Forwarded-Proto)");
    CHECK(bench.ask(redirect_probe(), "{}").shown.command.ends_with(" https://app.example.org/")); // where it loops
    bench.pages["https://app.example.org/"] = web_answer(302, {{"Location", "/login"}});
    CHECK(bench.told().empty());
}

TEST_CASE("a redirect that can't be asked is refused before") {
    WebBench bench;
    CHECK(bench.refusal(redirect_probe(), "/", "").find("'/' is a path, but there is no address for it") == 0);
    CHECK(
        bench.refusal(redirect_probe(), "/", "https://app.example.org:8443") ==
        "the http address of https://app.example.org:8443 is not known, because it has a port of its own; write from: "
        "http://app.example.org:PORT/");
    CHECK(bench.refusal(redirect_probe(), "https://www.example.org/").find("is https already") != std::string::npos);
    CHECK(bench.refusal(redirect_probe(), "{from: 'http://a.test/', to: 'http://A.test:80'}") ==
          "from and to are the same address; write the address it leads to");
    for (const auto* status : {"200", "404", "304", "299-301", "[301, 400]", "2xx"})
        CHECK(bench.refusal(redirect_probe(), std::string("{status: ") + status + "}")
                  .find(" is not the status of a redirect; write 301, 302, 303, 307 or 308") != std::string::npos);
    CHECK(bench.refusal(redirect_probe(), "{status: 3xx}").empty());
    CHECK(bench.refusal(redirect_probe(), "{to: ''}") == "to is empty; write its value, or remove it");
    CHECK(bench.refusal(redirect_probe(), "''") == "from is empty; write a path such as /, or a URL");
    CHECK(bench.read(redirect_probe(), "'http://app.example.org:8080/'").value().url == "http://app.example.org:8080/");
    CHECK(bench.read(redirect_probe(), "/a", "http://app.example.org:8080").value().url ==
          "http://app.example.org:8080/a");
}
