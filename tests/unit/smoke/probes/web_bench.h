#pragma once
#include "config/config.h"
#include "smoke/config.h"
#include "smoke/settings/probes.h"
#include "sys/cancel.h"
#include "unit/smoke/bench.h"
#include <functional>

// A probe over HTTP, asked once of a server that a test makes up.
namespace fairlead::test {

using Pairs = std::vector<std::pair<std::string, std::string>>;

inline sys::HttpResponse web_answer(int code, Pairs headers = {}, std::string body = "") {
    auto response = status(code, std::move(body));
    response.headers = std::move(headers);
    response.version = "2";
    return response;
}

struct WebServer : sys::Http {
    std::function<sys::HttpResponse(const sys::HttpRequest&)> answers;
    std::vector<sys::HttpRequest> asked;
    std::mutex mutex;
    Result<sys::HttpResponse> send(const sys::HttpRequest& request) override {
        const std::lock_guard guard(mutex);
        asked.push_back(request);
        return answers(request);
    }
};

inline std::string sent_header(const sys::HttpRequest& request, const std::string& wanted) {
    for (const auto& [name, value] : request.headers)
        if (name == wanted) return value;
    return "";
}

struct WebBench {
    TestClock clock;
    WebServer server;
    sys::Cancel cancel;
    Plan plan;
    Check check;

    // The probe as fairlead.yml has it: `yaml` is what stands behind its key.
    Result<Question> read(const Probe& probe, const std::string& yaml,
                          const std::string& base = "https://app.example.org") {
        config::LoadOptions options;
        options.tool = "smoke";
        options.fields = smoke::fields();
        const auto text = "version: 1\nsmoke: {checks: [{" + std::string(probe.key) + ": " + yaml + "}]}\n";
        const auto config = config::load_text(text, "fairlead.yml", options);
        if (!config.ok()) return config.error();
        return probe.read(config->section("smoke")["checks"].items().front()[probe.key], base);
    }
    std::string refusal(const Probe& probe, const std::string& yaml,
                        const std::string& base = "https://app.example.org") {
        const auto question = read(probe, yaml, base);
        if (question.ok()) return "";
        CHECK(question.error().kind == Kind::usage);
        CHECK(question.error().place.line > 0);
        return question.error().message;
    }
    Attempt ask(const Probe& probe, const std::string& yaml, const std::string& base = "https://app.example.org") {
        auto question = read(probe, yaml, base);
        REQUIRE(question.ok());
        check.url = question->url;
        if (question->expect) check.expect = *question->expect;
        const World world{plan, server, clock, cancel, Milliseconds{10'000}};
        return question->ask(check, world);
    }
    // "smoke/cors: a GET ..."; a line each, empty: nothing is wrong.
    std::string faults(const Probe& probe, const std::string& yaml,
                       const std::string& base = "https://app.example.org") {
        const auto attempt = ask(probe, yaml, base);
        CHECK((attempt.outcome == Outcome::good) == !attempt.wrong.has_value());
        if (!attempt.wrong) return "";
        auto all = attempt.wrong->rule + ": " + attempt.wrong->message;
        for (const auto& one : attempt.more) all += "\n" + one.rule + ": " + one.message;
        return all;
    }
};

}
