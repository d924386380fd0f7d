#include "attest/envelope.h"
#include "attest/strict_json.h"
#include "base/text.h"
#include "sys/data/json.h"
#include <fmt/format.h>

namespace fairlead::attest {
namespace {

// What is signed: PAE(type, payload) of protocol.md.
std::string signed_bytes(std::string_view type, std::string_view payload) {
    return fmt::format("DSSEv1 {} {} {} {}", type.size(), type, payload.size(), payload);
}

struct Signature {
    std::string bytes, key_id;
};

// Of the envelope, decoded.
Result<std::vector<Signature>> signatures_of(const sys::Json& envelope, const std::string& name) {
    const auto found = envelope.find("signatures");
    if (found == envelope.end() || !found->is_array()) return no(fmt::format("'{}' is not a signed envelope", name));
    if (found->size() > most_signatures)
        return no(fmt::format("'{}' has {} signatures, more than {}", name, found->size(), most_signatures));
    std::vector<Signature> all;
    for (const auto& entry : *found) {
        auto signature = sys::from_base64(sys::text_of(entry, "sig"));
        if (!signature || signature->empty()) return no(fmt::format("'{}' has an invalid signature", name));
        all.push_back({std::move(*signature), sys::text_of(entry, "keyid")});
    }
    if (all.empty()) return no(fmt::format("'{}' is not signed", name));
    return all;
}

Result<std::string> payload_of(const sys::Json& envelope, const std::string& name, std::string_view type) {
    if (const auto given = sys::text_of(envelope, "payloadType"); given != type)
        return no(fmt::format("'{}' holds '{}', expected '{}'", name, given, type));
    auto payload = sys::from_base64(sys::text_of(envelope, "payload"));
    if (!payload) return no(fmt::format("'{}' has a payload that is not base64", name));
    return std::move(*payload);
}

}

std::string seal(std::string_view type, std::string_view payload, std::span<const sys::PrivateKey> keys) {
    auto signatures = sys::Json::array();
    for (const auto& key : keys)
        signatures.push_back({{"keyid", key.public_key().id}, {"sig", base64(key.sign(signed_bytes(type, payload)))}});
    return sys::dump_json({{"payloadType", type}, {"payload", base64(payload)}, {"signatures", signatures}}) + "\n";
}

Result<Opened> open(std::string_view text, const std::string& name, std::string_view type, std::span<const Key> keys,
                    SystemTime now) {
    const auto envelope = TRY(parse_strict(text, name));
    if (sys::text_of(envelope, "mediaType").starts_with("application/vnd.dev.sigstore.bundle"))
        return no(fmt::format("'{}' is a bundle of Sigstore, which needs its log; run: gh attestation verify", name));
    const auto signatures = TRY(signatures_of(envelope, name));
    auto payload = TRY(payload_of(envelope, name, type));
    const auto message = signed_bytes(type, payload);
    std::string refused;
    for (const auto& signature : signatures)
        for (const auto& key : keys) {
            if (!sys::verifies(key.key, message, signature.bytes)) continue;
            refused = refusal(key, now);
            if (refused.empty()) {
                const bool is_named = signature.key_id == key.key.id;
                return Opened{std::move(payload), key.name, is_named};
            }
        }
    if (!refused.empty()) return no(fmt::format("'{}' is signed, but the key {}", name, refused));
    return no(fmt::format("'{}' is not signed by any of the given keys, or was changed after it was signed", name));
}

Result<std::string> unproven_payload(std::string_view text, const std::string& name, std::string_view type) {
    const auto envelope = TRY(parse_strict(text, name));
    return payload_of(envelope, name, type);
}

}
