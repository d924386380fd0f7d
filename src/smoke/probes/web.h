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

// What the probes over HTTP share: the address, and an attempt of several requests.
namespace fairlead::smoke {

struct Sent {
    sys::HttpRequest request;
    sys::HttpResponse response;
    std::string url; // as asked; --at may have changed that of the request
    read::served::Answer answer() const;
};

// All requests of one attempt together get the time of one attempt. Several threads may call it.
class Web {
  public:
    Web(const Check& check, const World& world);

    // A request for `url` with what the check sends. Another server than the check's hears no credentials.
    Sent prepare(const std::string& url, const std::string& method = "GET") const;
    void send(Sent& sent) const; // within the time that is left; a failure of ours is a failure of the response
    Sent get(const std::string& url) const;
    Milliseconds left() const;

    // What is wrong before a probe looks: there is no whole answer, or its status isn't one of `statuses` (empty: any).
    std::optional<Mismatch> no_answer(const Sent& sent, std::vector<StatusRange> statuses = {{}}) const;
    // The results of the attempt. The first fault is told with its request; `faults` must not be empty.
    Attempt good(Sent sent) const;
    Attempt wrong(Sent sent, std::vector<Mismatch> faults) const;

    const World& world() const { return world_; }

  private:
    Attempt conclude(Sent sent, std::optional<Mismatch> wrong) const;

    const Check& check_;
    const World& world_;
    const sys::Clock::Steady start_;
};

// Does `work` for each number below `count`, several at the same time; ends early once the time is over or the attempt
// is to end. A number that wasn't begun stays undone.
void several_at_once(const Web& web, std::size_t count, const std::function<void(std::size_t index)>& work);

// Hides the credentials in `text`, a path at the base or a URL, and returns its URL. Error (usage), at the key: it is
// empty, it is no http or https URL, or it is a path and there is no base.
Result<std::string> url_for(const config::Value& probe, std::string_view key, const std::string& text,
                            const std::string& base);
// Whether `text` is a path at the base; the text of a probe that is a single word, or of its key.
bool is_path_in(const config::Value& probe, std::string_view key);

// Text of a server for a message: one line, cut, without credentials.
std::string served_text(std::string_view text);

}
