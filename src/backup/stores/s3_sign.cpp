#include "backup/stores/s3_sign.h"
#include "base/text.h"
#include "base/url.h"
#include "sys/digest.h"
#include "sys/hmac.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::backup {
namespace {

constexpr std::string_view algorithm = "AWS4-HMAC-SHA256";

std::string encoded_path(std::string_view path) {
    auto parts = split(path, '/');
    for (auto& part : parts) part = percent_encode(part);
    return join(parts, "/");
}

// "20260331T101500Z"
std::string compact(SystemTime now) {
    std::string text = format_utc(now).substr(0, 19) + "Z";
    std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
    return text;
}

}

std::string canonical_query(Parameters parameters) {
    for (auto& [name, value] : parameters) {
        name = percent_encode(name);
        value = percent_encode(value);
    }
    std::sort(parameters.begin(), parameters.end());
    std::string query;
    for (const auto& [name, value] : parameters) query += fmt::format("{}{}={}", query.empty() ? "" : "&", name, value);
    return query;
}

void sign(sys::HttpRequest& request, const std::string& endpoint, const std::string& path, const Parameters& parameters,
          const std::string& body_digest, const std::string& region, const S3Keys& keys, SystemTime now) {
    const auto query = canonical_query(parameters);
    const auto encoded = encoded_path(path);
    const auto time = compact(now), day = time.substr(0, 8);
    request.url = endpoint + encoded + (query.empty() ? "" : "?" + query);

    const auto url = parse_url(endpoint);
    auto& headers = request.headers;
    headers.emplace_back("host", url.ok() ? url->authority() : "");
    headers.emplace_back("x-amz-content-sha256", body_digest);
    headers.emplace_back("x-amz-date", time);
    if (!keys.session.empty()) headers.emplace_back("x-amz-security-token", keys.session.reveal());
    std::sort(headers.begin(), headers.end());

    std::string names, canonical;
    for (const auto& [name, value] : headers) {
        canonical += fmt::format("{}:{}\n", name, trim(value));
        names += fmt::format("{}{}", names.empty() ? "" : ";", name);
    }
    const auto asked =
        fmt::format("{}\n{}\n{}\n{}\n{}\n{}", request.method, encoded, query, canonical, names, body_digest);
    const auto scope = fmt::format("{}/{}/s3/aws4_request", day, region);
    const auto to_sign = fmt::format("{}\n{}\n{}\n{}", algorithm, time, scope, sys::sha256(asked));
    auto key = sys::hmac_sha256("AWS4" + keys.key.reveal(), day);
    for (const std::string_view part :
         {std::string_view(region), std::string_view("s3"), std::string_view("aws4_request")})
        key = sys::hmac_sha256(key, part);
    headers.emplace_back("authorization", fmt::format("{} Credential={}/{},SignedHeaders={},Signature={}", algorithm,
                                                      keys.id, scope, names, hex(sys::hmac_sha256(key, to_sign))));
}

}
