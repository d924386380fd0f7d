#pragma once
#include "base/secrets/secret.h"
#include "smoke/hurl/play.h"
#include "support/catch.h"
#include "sys/files/files.h"
#include "unit/smoke/bench.h"

// Plays a Hurl file against answers that were written down before.
namespace fairlead::smoke::hurl {

// Answers in order, the last one for ever; keeps what it was asked.
struct Replies : sys::Http {
    explicit Replies(test::TestClock& c) : clock(c) {}
    test::TestClock& clock;
    std::deque<sys::HttpResponse> answers;
    std::vector<sys::HttpRequest> asked;
    Milliseconds takes{1};
    Result<sys::HttpResponse> send(const sys::HttpRequest& request) override {
        clock.sleep(takes);
        asked.push_back(request);
        auto response = answers.front();
        if (answers.size() > 1) answers.pop_front();
        return response;
    }
    std::string header(std::size_t request, const std::string& name) const {
        for (const auto& [key, value] : asked.at(request).headers)
            if (key == name) return value;
        return "";
    }
};

inline sys::HttpResponse reply(int status, const std::string& body = "",
                               std::vector<std::pair<std::string, std::string>> headers = {}) {
    auto response = test::status(status, body);
    response.version = "1.1";
    response.headers = std::move(headers);
    return response;
}
inline sys::HttpResponse moved(int status, const std::string& location) {
    auto response = reply(status, "", {{"Location", location}});
    response.redirect = location;
    return response;
}

struct Rehearsal {
    test::TestClock clock;
    Replies http{clock};
    Scope scope;
    Settings settings;
    sys::TemporaryFolder folder = std::move(sys::TemporaryFolder::make("hurl play")).value();
    Milliseconds deadline{60'000};
    bool continue_on_error = false;
    bool waits = false;

    std::vector<Played> play(const std::string& text) {
        file = std::make_shared<File>(read_file("x.hurl", text).value());
        const Files files{sys::Root::open(folder.path()).value(), folder.path().string()};
        Stage stage{.http = http,
                    .clock = clock,
                    .end = clock.steady() + deadline,
                    .files = files,
                    .settings = settings,
                    .continue_on_error = continue_on_error};
        if (waits)
            stage.is_starting = [](const std::string&, const sys::HttpResponse& response) {
                return response.status == 503;
            };
        return fairlead::smoke::hurl::play(*file, stage, scope).value();
    }
    std::shared_ptr<File> file;
};

}
