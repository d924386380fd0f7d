#pragma once
#include "config/config.h"
#include "read/served/answer.h"
#include "smoke/links.h"
#include "smoke/runner.h"
#include "smoke/settings/probe.h"
#include <functional>
#include <string>
#include <string_view>
#include <vector>

// Shared by the probes over HTTP: the address, and an attempt with several requests.
namespace fairlead::smoke {

struct Sent {
    sys::HttpRequest request;
    sys::HttpResponse response;
    std::string url; // the intended URL; --at may have changed the request's
    read::served::Answer answer() const;
};

// One attempt with several requests, which share the time limit of one attempt. Several threads may call it.
class Web {
  public:
    Web(const Check& check, const World& world);

    // Returns a request for `url` with the check's headers; without credentials if it isn't the check's server.
    Sent prepare(const std::string& url, const std::string& method = "GET") const;
    void send(Sent& sent) const; // within the remaining time; our own errors become failures of the response
    Sent get(const std::string& url) const;
    Milliseconds left() const;

    // Returns a fault that makes further checks of the answer useless: it is incomplete, or its status isn't in
    // `statuses` (empty: any).
    std::optional<Mismatch> no_answer(const Sent& sent, std::vector<StatusRange> statuses = {{}}) const;
    // The results of the attempt. The first fault is shown with its request; `faults` must not be empty.
    Attempt good(Sent sent) const;
    Attempt wrong(Sent sent, std::vector<Mismatch> faults) const;

    const World& world() const { return world_; }

  private:
    Attempt conclude(Sent sent, std::optional<Mismatch> wrong) const;

    const Check& check_;
    const World& world_;
    const sys::Clock::Steady start_;
};

// Calls `work` for each index below `count`, several at the same time. If the time is over or the attempt must end,
// calls no further ones.
void several_at_once(const Web& web, std::size_t count, const std::function<void(std::size_t index)>& work);

// Returns a pass of a check that only the proxy's answers could decide; the reports say that it wasn't asked.
Attempt left_to_proxy();

// Returns the URL for `text`, a URL or a path relative to the base, and registers its credentials with mask(). Error
// (usage), at the key: it is empty, is not an http or https URL, or is a path although there is no base.
Result<std::string> url_for(const config::Value& probe, std::string_view key, const std::string& text,
                            const std::string& base);
// Returns whether the text of the key (or of a probe that is a single word) is a path relative to the base.
bool is_path_in(const config::Value& probe, std::string_view key);

// Makes a server's text safe for a message: one line, cut, without credentials.
std::string served_text(std::string_view text);

}
