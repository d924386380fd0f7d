#include "base/text.h"
#include "support/catch.h"
#include "support/support.h"
#include "sys/data/json.h"
#include "sys/files/files.h"
#include "sys/process/process.h"
#include "sys/signature.h"
#include "unit/sys/http_server.h"
#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <map>
#include <set>

// Recorded runs of hurl, played again by the real executable against a server that answers as recorded: the exit
// status, the places of the errors, and every request.
using namespace fairlead;
using Plain = nlohmann::json;

namespace {

// A free port of four digits, as the recorded one: then the lengths in the recorded answers stay right.
int free_port() {
    for (int port = 7000; port < 9999; ++port) {
        const int probe = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        address.sin_port = htons(static_cast<std::uint16_t>(port));
        const bool free = ::bind(probe, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
        ::close(probe);
        if (free) return port;
    }
    return 0;
}

std::string bytes_in(const Plain& value, const std::string& name) {
    if (value.contains(name + "_b64")) return sys::from_base64(value[name + "_b64"].get<std::string>()).value();
    return value.contains(name) && value[name].is_string() ? value[name].get<std::string>() : "";
}

// A request in a form that leaves out what differs between programs.
std::string normal(const std::string& method, const std::string& target,
                   const std::vector<std::pair<std::string, std::string>>& headers, std::string body,
                   bool is_volatile) {
    if (is_volatile) return method + " " + target.substr(0, target.find('?'));
    std::vector<std::string> lines;
    std::string boundary;
    for (const auto& [name, value] : headers)
        if (const auto at = value.find("boundary="); at != std::string::npos) boundary = value.substr(at + 9);
    for (const auto& [name, value] : headers) {
        if (lower(name) == "user-agent" || (!boundary.empty() && lower(name) == "content-length")) continue;
        lines.push_back(lower(name) + ": " + (boundary.empty() ? value : replace_all(value, boundary, "BOUNDARY")));
    }
    std::sort(lines.begin(), lines.end());
    if (!boundary.empty()) body = replace_all(body, boundary, "BOUNDARY");
    return method + " " + target + "\n" + join(lines, "\n") + "\n\n" + body;
}

std::string normal_of_recorded(const Plain& request) {
    std::vector<std::pair<std::string, std::string>> headers;
    for (const auto& one : request["headers"])
        headers.emplace_back(one[0].get<std::string>(), one[1].get<std::string>());
    return normal(request["method"], request["target"], headers, bytes_in(request, "body"),
                  request.value("volatile", false));
}

// The recording has the bytes of headers as Latin-1.
std::string as_latin1(std::string_view bytes) {
    std::string utf8;
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x80)
            utf8 += c;
        else
            utf8 += {static_cast<char>(0xC0 | (byte >> 6)), static_cast<char>(0x80 | (byte & 0x3F))};
    }
    return utf8;
}

class Recorded {
  public:
    explicit Recorded(const Plain& one) {
        for (const auto& exchange : one["exchanges"]) {
            const auto& request = exchange["request"];
            wanted_.push_back(normal_of_recorded(request));
            const bool is_volatile = request.value("volatile", false);
            std::string target = request["target"];
            if (is_volatile) target = target.substr(0, target.find('?')), volatile_.insert(target);
            answers_[request["method"].get<std::string>() + " " + target].push_back(exchange["response"]);
        }
    }
    test::Server::Answer answer(const std::string& request) {
        const auto head_end = request.find("\r\n\r\n");
        const auto lines = split(replace_all(request.substr(0, head_end), "\r\n", "\n"), '\n');
        const auto words = split(lines[0], ' ');
        std::vector<std::pair<std::string, std::string>> headers;
        for (std::size_t i = 1; i < lines.size(); ++i) {
            const auto colon = lines[i].find(':');
            headers.emplace_back(lines[i].substr(0, colon),
                                 as_latin1(trim(std::string_view(lines[i]).substr(colon + 1))));
        }
        const auto path = words[1].substr(0, words[1].find('?'));
        const bool is_volatile = volatile_.contains(path);
        got_.push_back(normal(words[0], words[1], headers, request.substr(head_end + 4), is_volatile));
        const auto key = words[0] + " " + (is_volatile ? path : words[1]);
        auto& all = answers_[key];
        if (all.empty()) return {"HTTP/1.1 599 Not recorded\r\nContent-Length: 0\r\n\r\n", test::Server::Then::close};
        const auto response = all.front();
        if (all.size() > 1) all.erase(all.begin());
        if (response.value("abort", false)) return {"", test::Server::Then::close};
        std::this_thread::sleep_for(Milliseconds(response.value("delay_ms", 0)));
        const auto body = bytes_in(response, "body");
        std::string head = response.value("version", "HTTP/1.1") + " " + std::to_string(response["status"].get<int>()) +
                           " " + response.value("reason", "") + "\r\n";
        for (const auto& one : response["headers"])
            head += one[0].get<std::string>() + ": " + one[1].get<std::string>() + "\r\n";
        if (response.value("auto", false))
            head += "Content-Length: " + std::to_string(body.size()) + "\r\nConnection: close\r\n";
        return {head + "\r\n" + (words[0] == "HEAD" ? "" : body), test::Server::Then::close};
    }
    bool is_untouched() const { return got_.empty(); }
    void check(bool in_order) {
        if (!in_order) {
            std::sort(got_.begin(), got_.end());
            std::sort(wanted_.begin(), wanted_.end());
        }
        for (std::size_t i = 0; i < std::min(got_.size(), wanted_.size()); ++i) // a constructed one has no headers
            if (wanted_[i].ends_with("\n\n\n")) got_[i] = got_[i].substr(0, got_[i].find('\n')) + "\n\n\n";
        CHECK(got_ == wanted_);
    }

  private:
    std::map<std::string, std::vector<Plain>> answers_;
    std::set<std::string> volatile_;
    std::vector<std::string> wanted_, got_;
};

// What is wrong with the script is wrong use; what is wrong with the target is a no (reference: the README of the
// cases).
int expected_status(const Plain& expect) {
    const std::string verdict = expect["verdict"];
    if (verdict == "pass") return 0;
    if (verdict == "assert") return 1;
    if (verdict != "runtime") return 2;
    const std::set<std::string> of_script = {"Undefined variable",       "File read access",  "Invalid URL",
                                             "Unauthorized file access", "File write access", "Unrenderable expression",
                                             "Invalid redacted secret"};
    for (const auto& error : expect["errors"])
        if (of_script.contains(error["title"].get<std::string>())) return 2;
    return 1;
}

void play(const Plain& recorded) {
    const int port = free_port();
    const auto one = Plain::parse(replace_all(recorded.dump(), ":8000", ":" + std::to_string(port)));
    const auto folder = std::move(sys::TemporaryFolder::make("hurl case")).value();
    for (const auto& [name, content] : one["files"].items()) {
        const auto path = folder.path() / name;
        REQUIRE(sys::make_folders(path.parent_path()).ok());
        const auto bytes = content.contains("b64") ? sys::from_base64(content["b64"].get<std::string>()).value()
                                                   : content["text"].get<std::string>();
        REQUIRE(sys::write_file(path, bytes).ok());
    }
    Recorded exchanges(one);
    const test::Server server([&](const std::string& request) { return exchanges.answer(request); }, "", port);
    sys::Command command{{::fairlead::test::program("fairlead-smoke"), "--format", "text"}, folder.path().string()};
    for (const auto& word : one["args"]) {
        // what hurl prints is compared nowhere
        if (word != "--json" && word != "--color") command.argv.push_back(word);
    }
    command.environment = {"PATH=/usr/bin:/bin", "HOME=" + folder.path().string()};
    if (one.contains("env"))
        for (const auto& [name, value] : one["env"].items())
            command.environment->push_back(name + "=" + value.get<std::string>());
    const auto done = sys::run(command);
    REQUIRE(done.ok());
    const auto told = done->out + done->err;
    INFO(one["args"] << "\n" << told);
    if (one["tier"] == 3 && done->status == 2 && exchanges.is_untouched()) { // only hurl itself has it
        std::cout << "refused: " << one["id"].get<std::string>() << std::endl;
        return;
    }
    CHECK(done->status == expected_status(one["expect"]));
    for (const auto& error : one["expect"].value("errors", Plain::array())) {
        if (!error.contains("line")) continue;
        auto place = error["file"].get<std::string>() + ":" + std::to_string(error["line"].get<int>()) + ":";
        if (error["col"] != 0) place += std::to_string(error["col"].get<int>()) + ":";
        INFO("expected at " << place);
        CHECK(told.find(place) != std::string::npos);
    }
    exchanges.check(!one.value("parallel", false));
}

}

TEST_CASE("recorded runs of hurl have the same requests, verdicts and places of errors") {
    const auto folder = test::conformance("smoke");
    if (!folder) SKIP_LOUDLY("conformance", "../shared/conformance/smoke is not there");
    int played = 0;
    for (const auto* file : {"hurl-ok.json", "hurl-failed.json", "hurl-parser.json", "hurl8-jsonpath.json"}) {
        const auto all = Plain::parse(test::read(*folder + "/" + file));
        for (const auto& one : all["cases"]) {
            if (one.value("jsonpath", "") == "hurl7") continue; // of the older dialect
            INFO(one["id"].get<std::string>());
            play(one);
            ++played;
        }
    }
    std::cout << "hurl: " << played << " recorded runs" << std::endl;
    CHECK(played >= 60);
}
