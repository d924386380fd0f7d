#pragma once
#include "base/result.h"
#include "base/secrets/secret.h"
#include "config/change.h"
#include "sys/http/client.h"
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// `fairlead-scan --verify`: asks the service that issues a secret whether it still accepts it. The question changes
// nothing there.
namespace fairlead::scan {

struct Found;

// What the service says. dead: it refuses the secret, and no other server could accept it.
enum class Life { live, dead, unknown };

struct Verified {
    Life life = Life::unknown;
    std::string words; // "api.github.com accepts it", "not verified: api.github.com answers 503"
};

// Whether a service is known that can be asked about the secrets of a rule.
bool can_verify(std::string_view rule);
std::vector<std::string_view> verifiable_rules();

// The request that asks about a secret. Nothing: no service is known, or the secret is an address of another host.
std::optional<sys::HttpRequest> question_about(std::string_view rule, const std::string& secret);
// What the answer says about it.
Verified judged(std::string_view rule, const sys::HttpResponse& answer);

// Asks; nothing: nobody can be asked.
using Verifier = std::function<std::optional<Verified>(const std::string& rule, const std::string& secret)>;

// Asks by a helper process that is started now, as this program has no network code and may not start a program later.
// The helper starts fairlead-fetch, which may only ask the host of the service. Nothing: it can't be started.
Verifier verify_by_helper();

// Error (could_not): secrets of a foreign change are sent nowhere.
Result<void> check_verify(const config::Change& change);

constexpr std::size_t most_verified = 100; // different secrets of a run
// Asks about each secret once, of those that are neither suppressed nor known.
void verify(std::vector<Found>& found, const std::function<bool(const Found&)>& is_known, const Verifier& verifier);

}
