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

// `fairlead-scan --verify`: asks the service that issued a secret whether it still accepts the secret. The request
// changes nothing.
namespace fairlead::scan {

struct Found;

// The service's answer. dead: it refuses the secret, and no other server could accept it.
enum class Life { live, dead, unknown };

struct Verified {
    Life life = Life::unknown;
    std::string words; // "api.github.com accepts it", "not verified: api.github.com answers 503"
};

// Returns whether a known service can be asked about the secrets of a rule.
bool can_verify(std::string_view rule);
std::vector<std::string_view> verifiable_rules();

// Returns the request about a secret. Nothing: no service is known, or the secret is an address of another host.
std::optional<sys::HttpRequest> question_about(std::string_view rule, const std::string& secret);
// Judges the answer.
Verified judged(std::string_view rule, const sys::HttpResponse& answer);

// Asks; nothing: nobody can be asked.
using Verifier = std::function<std::optional<Verified>(const std::string& rule, const std::string& secret)>;

// Asks through a helper process that is started now, because this program has no network code and may not start
// programs later. The helper starts fairlead-fetch, which may only ask the host of the service. Nothing: it can't be
// started.
Verifier verify_by_helper();

// Error (could_not): secrets of a foreign change are sent nowhere.
Result<void> check_verify(const config::Change& change);

constexpr std::size_t most_verified = 100; // different secrets of a run
// Asks once about each secret that is neither suppressed nor known.
void verify(std::vector<Found>& found, const std::function<bool(const Found&)>& is_known, const Verifier& verifier);

}
