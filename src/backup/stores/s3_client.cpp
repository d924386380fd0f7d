#include "backup/stores/s3_client.h"
#include "base/printable.h"
#include "base/text.h"
#include "sys/digest.h"
#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace fairlead::backup {
namespace {

using sys::HttpFailure;

constexpr int most_attempts = 6, few_attempts = 3; // few: on the way back
constexpr Milliseconds first_pause{250}, longest_pause{10'000};
constexpr Milliseconds attempt_timeout{300'000}, connect_timeout{15'000}; // 16 MiB at 56 kB/s
constexpr std::array<std::string_view, 10> passing = {"InternalError",
                                                      "SlowDown",
                                                      "ServiceUnavailable",
                                                      "RequestTimeout",
                                                      "Throttling",
                                                      "OperationAborted",
                                                      "BadDigest",
                                                      "XAmzContentChecksumMismatch",
                                                      "ConditionalRequestConflict",
                                                      "an error that is cut off"};

bool is_certain(const sys::HttpResponse& response) {
    return response.failure == HttpFailure::certificate || response.failure == HttpFailure::too_large;
}

bool is_passing(const S3Answer& answer) {
    const auto& response = answer.response;
    if (response.failure != HttpFailure::none) return !is_certain(response);
    if (response.status >= 500 || response.status == 429 || response.status == 408) return response.status != 501;
    return answer.fault && std::find(passing.begin(), passing.end(), answer.fault->code) != passing.end();
}

// Longer each time, and never of two at the same moment.
Milliseconds pause_after(int attempt, const sys::HttpResponse& response) {
    const auto grown = std::min(longest_pause, first_pause * (1 << std::min(attempt, 10)));
    const auto spread = std::stoul(sys::random_hex(2), nullptr, 16) % 100;
    const auto wished = parse_integer(response.header("retry-after"));
    const Milliseconds asked{wished.ok() ? std::clamp<std::int64_t>(wished.value(), 0, 30) * 1000 : 0};
    return std::max(asked, grown / 2 + grown * static_cast<int>(spread) / 200);
}

}

Result<S3Answer> S3Client::attempt(S3Request& request, const std::string& digest) {
    sys::HttpRequest asked;
    asked.method = request.method;
    asked.headers = request.headers;
    asked.timeout = attempt_timeout;
    asked.connect_timeout = connect_timeout;
    asked.body_limit = request.body_limit;
    asked.through_stop = request.through_stop;
    sign(asked, place_.endpoint, "/" + place_.bucket + (request.key.empty() ? "" : "/" + request.key),
         request.parameters, digest, place_.region, place_.keys, clock_.now());
    asked.body = std::move(request.body);
    auto response = http_.send(asked);
    request.body = std::move(asked.body);
    if (!response.ok()) return response.error();
    S3Answer answer{.response = std::move(response).value()};
    const bool looks = request.tells_faults || answer.response.status >= 300;
    if (answer.response.failure == HttpFailure::none && looks) answer.fault = read_s3_fault(answer.response.body);
    return answer;
}

Result<S3Answer> S3Client::send(S3Request& request, const std::string& what) {
    const auto digest = sys::sha256(request.body);
    for (int number = 1;; ++number) {
        auto answer = TRY(attempt(request, digest));
        answer.attempts = number;
        if (!is_passing(answer)) {
            if (answer.response.failure == HttpFailure::none) return answer;
            return refused(answer, what);
        }
        if (number >= (request.through_stop ? few_attempts : most_attempts)) {
            auto error = refused(answer, what);
            error.message += fmt::format("; it was asked {} times", number);
            return error;
        }
        if (!clock_.sleep(pause_after(number - 1, answer.response)))
            return could_not(fmt::format("interrupted: {} {}", what, shown_));
    }
}

Result<S3Answer> S3Client::done(S3Request& request, const std::string& what) {
    auto answer = TRY(send(request, what));
    if (answer.is_good()) return answer;
    return refused(answer, what);
}

Error S3Client::refused(const S3Answer& answer, const std::string& what) const {
    const auto& response = answer.response;
    const auto tell = [&](const std::string& why) { return could_not(fmt::format("{} {}: {}", what, shown_, why)); };
    if (response.failure != HttpFailure::none) return tell(response.reason);
    const auto code = answer.fault ? one_line(answer.fault->code.substr(0, 80)) : "";
    const auto said = answer.fault ? one_line(answer.fault->message.substr(0, 200)) : "";
    std::string why = fmt::format("the server answers {}{}{}", response.status, code.empty() ? "" : " " + code,
                                  said.empty() ? "" : fmt::format(" ({})", said));
    if (const auto region = response.header("x-amz-bucket-region"); !region.empty() && region != place_.region)
        why += fmt::format("; the bucket is in region '{}': write ?region={}", one_line(region), one_line(region));
    else if (code == "RequestTimeTooSkewed")
        why += "; set this machine's clock";
    else if (code == "NoSuchBucket")
        why += fmt::format("; make the bucket '{}' first", place_.bucket);
    else if (response.status == 403)
        why += "; check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and the policy of the key";
    return tell(why);
}

SystemTime S3Client::server_time(const sys::HttpResponse& response) const {
    return parse_http_date(response.header("date")).value_or(clock_.now());
}

}
