#include "scan/rules/check.h"
#include "base/text.h"
#include "scan/rules/letters.h"
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <string>

namespace fairlead::scan {
namespace {

constexpr std::string_view base64_pem = "LS0tLS1CRUdJTi"; // -----BEGIN
constexpr std::string_view base62_digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

// CRC-32 of IEEE 802.3, as zlib has it.
std::uint32_t crc32(std::string_view bytes) {
    std::uint32_t crc = 0xffffffffu;
    for (const char byte : bytes) {
        crc ^= static_cast<unsigned char>(byte);
        for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ (0xedb88320u & (0u - (crc & 1u)));
    }
    return ~crc;
}

std::string to_base62(std::uint32_t value) {
    std::string text(6, '0');
    for (auto digit = text.rbegin(); digit != text.rend(); ++digit, value /= 62) *digit = base62_digits[value % 62];
    return text;
}

// Length of what a DER SEQUENCE at the front takes in all (X.690, 8.1.3), or nothing.
std::optional<std::size_t> der_length(std::string_view bytes) {
    const auto at = [&](std::size_t i) { return std::size_t{static_cast<unsigned char>(bytes[i])}; };
    if (bytes.size() < 4 || at(0) != 0x30) return std::nullopt;
    if (at(1) < 0x80) return 2 + at(1);
    if (at(1) == 0x81) return 3 + at(2);
    if (at(1) == 0x82) return 4 + (at(2) << 8 | at(3));
    return std::nullopt;
}

// The letters of a PEM body: without armour, header lines, quotes and the escapes of a string literal.
std::string pem_body(std::string_view block) {
    const std::size_t begin = block.find("-----", block.find("-----") + 5) + 5;
    std::string_view rest = block.substr(begin, block.rfind("-----END") - begin);
    if (const auto header = rest.rfind(": "); header != rest.npos) // Proc-Type, DEK-Info, Comment
        rest = rest.substr(std::min(rest.find_first_of("\n\\", header), rest.size()));
    std::string body;
    for (std::size_t i = 0; i < rest.size(); ++i) {
        if (rest[i] == '\\')
            ++i; // \n, \r, or a line that goes on
        else if (base64_value(rest[i]) >= 0)
            body += rest[i];
    }
    return body;
}

bool is_bare_key(std::string_view name) {
    return name.starts_with("key") && name.find_first_not_of("key0123456789 \t:=>\"'`") == name.npos;
}

std::string_view trim_name(std::string_view name) { return name.substr(0, name.find_last_not_of(" \t:=>\"'`") + 1); }

// "manifests/key.pp": "3cf0…": the name is that of a file, and the value its digest.
bool is_digest_of_file(std::string_view name, std::string_view secret) {
    if (!is_hex(secret) || (secret.size() != 32 && secret.size() != 40 && secret.size() != 64)) return false;
    return ends_with_any(trim_name(name), {".rb", ".pp", ".py", ".js", ".ts", ".md", ".go", ".rs", ".sh", ".php"});
}

// What is long and random and yet everybody's: the fingerprint of a GPG key, the address of an account or a contract.
bool is_published(std::string_view name, std::string_view secret) {
    if (secret.size() == 42 && secret.starts_with("0x")) return is_hex(secret.substr(2));
    if (!is_hex(secret)) return false;
    const bool of_key = is_bare_key(name) || trim(name).ends_with("keys");
    const bool is_upper = secret.size() == 40 && upper(secret) == secret;
    const bool of_any_key = trim_name(name).ends_with("key") &&
                            !has_any(name, {"secret", "api", "access", "private", "auth", "token", "pass"});
    const bool fingerprint = is_upper && (of_key || of_any_key);
    return fingerprint || has_any(name, {"gpg", "pgp", "recv-key", "keyname", "trusted-key"});
}

// What the name of a thing ends with, or a stand-in begins with: settingUp2FAKey, x1_session_token, valueForKey1.
bool is_name(std::string_view secret) {
    const std::string plain = lower(secret);
    if (plain.starts_with("value")) return true;
    constexpr std::string_view ends[] = {"key", "token", "secret", "name", "header", "cookie", "attribute", "password"};
    return std::any_of(std::begin(ends), std::end(ends), [&](auto end) { return plain.ends_with(end); });
}

// Names of nothing that lets somebody in, with a keyword in another word.
bool has_keyword(std::string name) {
    for (const std::string_view word : {"authorize", "incredib", "accredit", "discredit", "credit", "sacred", "turkey",
                                        "hockey", "jockey", "donkey", "whiskey", "keynote", "keyframe", "keystone"})
        name = replace_all(std::move(name), word, "");
    return has_any(name, {"key", "secret", "token", "pass", "pwd", "cred", "auth", "api"});
}

// kGatewayGoCardlessOAuth: a way to log in.
bool is_way_to_log_in(std::string_view name) {
    name = trim_name(name);
    return name.ends_with("OAuth") && name.size() > 5 && name[name.size() - 6] >= 'a' && name[name.size() - 6] <= 'z';
}

// key: maestro-<commit>-macos: of a cache, words and a digest.
bool is_key_of_cache(std::string_view secret) {
    if (secret.find('-') == secret.npos) return false;
    bool has_digest = false;
    for (const auto& part : split(secret, '-')) {
        const bool is_digest = is_hex(part) && (part.size() == 40 || part.size() == 64);
        const bool is_word = part.find_first_of("0123456789") == part.npos;
        if (!is_digest && !is_word) return false;
        has_digest |= is_digest;
    }
    return has_digest;
}

// The second part of a JSON Web Token, without blanks.
std::string claims_of(std::string_view token) {
    const std::size_t begin = token.find('.') + 1;
    std::string claims = decode_base64(token.substr(begin, token.find('.', begin) - begin));
    std::erase(claims, ' ');
    return claims;
}

// A token that lets somebody in tells who, from whom or until when (RFC 7519, 4.1), or names an account or a right. A
// reference that an API signs, such as {"s":"…","i":"…"}, has none of these.
bool says_whose(const std::string& claims) {
    if (!claims.starts_with("{\"") || !claims.ends_with('}')) return true; // not read
    if (has_any(claims, {"\"iss\":", "\"sub\":", "\"aud\":", "\"exp\":", "\"nbf\":", "\"iat\":", "\"jti\":"}))
        return true;
    return has_any(lower(claims), {"id\":", "user", "mail", "name", "role", "scope", "admin", "acc", "perm", "login",
                                   "auth", "client", "key", "token", "data", "tenant", "org", "group", "plan"});
}

}

double entropy(std::string_view text) {
    std::array<std::size_t, 256> counts{};
    for (const char byte : text) ++counts[static_cast<unsigned char>(byte)];
    double bits = 0;
    for (const std::size_t count : counts) {
        if (count == 0) continue;
        const double share = static_cast<double>(count) / static_cast<double>(text.size());
        bits -= share * std::log2(share);
    }
    return bits;
}

Proof check_github(std::string_view secret, std::string_view) {
    const std::string_view body = secret.substr(secret.find('_') + 1);
    if (body.size() != 36) return Proof::unknown;
    return to_base62(crc32(body.substr(0, 30))) == body.substr(30) ? Proof::proven : Proof::refuted;
}

Proof check_age(std::string_view secret, std::string_view) {
    constexpr std::string_view alphabet = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L";
    constexpr std::array<std::uint32_t, 5> generator{0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3};
    std::uint32_t sum = 1;
    const auto feed = [&](std::uint32_t value) {
        const std::uint32_t top = sum >> 25;
        sum = ((sum & 0x1ffffffu) << 5) ^ value;
        for (unsigned bit = 0; bit < 5; ++bit)
            if ((top >> bit) & 1u) sum ^= generator[bit];
    };
    const std::size_t separator = secret.rfind('1');
    const std::string prefix = lower(secret.substr(0, separator));
    for (const char c : prefix) feed(static_cast<unsigned char>(c) >> 5);
    feed(0);
    for (const char c : prefix) feed(static_cast<unsigned char>(c) & 31u);
    for (const char c : secret.substr(separator + 1)) {
        const std::size_t value = alphabet.find(c);
        if (value == alphabet.npos) return Proof::refuted;
        feed(static_cast<std::uint32_t>(value));
    }
    return sum == 1 ? Proof::proven : Proof::refuted;
}

Proof check_zuplo(std::string_view secret, std::string_view) {
    const std::string_view body = secret.substr(5, 32); // zpka_<32>_<8>
    constexpr std::string_view digits = "0123456789abcdef";
    std::string sum;
    for (int shift = 28; shift >= 0; shift -= 4) sum += digits[(crc32(body) >> shift) & 15u];
    return secret.substr(38) == sum ? Proof::proven : Proof::refuted;
}

Proof check_private_key(std::string_view secret, std::string_view match) {
    if (secret.starts_with(base64_pem)) {
        const std::string block = decode_base64(secret);
        if (block.find("PRIVATE KEY-----") == block.npos) return Proof::refuted; // a certificate, a public key
        return check_private_key(block, match);
    }
    // around a variable; with something left out, as on a page
    if (has_any(secret, {"${", "..."})) return Proof::refuted;
    const std::string body = pem_body(secret);
    const std::string bytes = decode_base64(body);
    if (bytes.starts_with("openssh-key-v1")) return Proof::proven;
    if (const auto length = der_length(bytes); length && *length >= 40 && *length == bytes.size()) return Proof::proven;
    return body.size() >= 64 && entropy(body) >= 4.5 ? Proof::unknown : Proof::refuted;
}

Proof check_jwt(std::string_view secret, std::string_view) {
    const std::string header = decode_base64(secret.substr(0, secret.find('.')));
    // Supabase gives every visitor a token of the role anon; what it may do is decided by the database.
    const std::string claims = claims_of(secret);
    if (has_any(claims, {"\"role\":\"anon\""}) && has_any(claims, {"supabase"})) return Proof::refuted;
    if (!says_whose(claims)) return Proof::refuted;
    return header.find("\"alg\"") != header.npos && header.ends_with('}') ? Proof::unknown : Proof::refuted;
}

std::optional<std::int64_t> expiry_of(std::string_view token) {
    constexpr std::string_view name = "\"exp\":";
    const std::string claims = claims_of(token);
    const std::size_t at = claims.find(name);
    if (at == claims.npos) return std::nullopt;
    std::int64_t seconds = 0;
    const char* const begin = claims.data() + at + name.size();
    const auto [end, error] = std::from_chars(begin, claims.data() + claims.size(), seconds);
    return error == std::errc() && end > begin ? std::optional(seconds) : std::nullopt;
}

Proof check_der(std::string_view secret, std::string_view) {
    const std::string bytes = decode_base64(secret);
    const auto length = der_length(bytes);
    return length && *length == bytes.size() ? Proof::proven : Proof::refuted;
}

Proof check_django(std::string_view secret, std::string_view) {
    return secret.starts_with("django-insecure-") || !has_digit(secret) ? Proof::refuted : Proof::unknown;
}

Proof check_named(std::string_view secret, std::string_view match) {
    const std::string name = lower(match.substr(0, static_cast<std::size_t>(secret.data() - match.data())));
    if (is_published(name, secret) ||
        has_any(name, {"hash", "checksum", "digest", "fingerprint", "sha1", "sha256", "md5", "commit", "integrity",
                       "version", "verification", "sitekey"}))
        return Proof::refuted;
    if (!has_digit(secret) || is_words(secret)) return Proof::refuted;
    // That a value has just the length of the service's is nearly enough.
    const auto digits = std::count_if(secret.begin(), secret.end(), [](char c) { return c >= '0' && c <= '9'; });
    const bool is_mixed = is_random(secret) || is_uuid(secret) || secret.size() >= 20 || digits >= 2;
    return is_mixed && !is_name(secret) ? Proof::unknown : Proof::refuted;
}

Proof check_padded(std::string_view secret, std::string_view) {
    constexpr std::string_view padding = "AAAAAAAAAA";
    const std::string_view tail = secret.substr(secret.rfind(padding) + padding.size());
    return tail.size() > 30 && is_random(tail) && entropy(tail) > 3.5 ? Proof::proven : Proof::refuted;
}

Proof check_jwt_base64(std::string_view secret, std::string_view) {
    const std::string token = decode_base64(secret);
    const bool is_whole = token.find('.') != token.npos;
    if (!is_whole || !token.starts_with("eyJ")) return Proof::refuted;
    const std::string header = decode_base64(std::string_view(token).substr(0, token.find('.')));
    return header.starts_with("{\"") && header.ends_with('}') ? Proof::unknown : Proof::refuted;
}

namespace {

// The name of an id by the way it is written: UserSecretsId, ISSUER_ID, app-id. `secret_id` of Vault's AppRole is half
// of a login.
bool is_name_of_id(std::string_view name) {
    name = trim_name(name);
    if (!ends_with_any(name, {"Id", "ID", "_id", "-id", "_uuid", "Uuid", "UUID"})) return false;
    return !ends_with_any(lower(name), {"secretid", "secret_id", "secret-id"});
}

// Where an object lies in a store, or a file in a folder: parts between slashes, of which one is a UUID, or an ending.
bool is_path(std::string_view secret) {
    if (ends_with_any(lower(secret), {".jpg", ".jpeg", ".png", ".gif", ".webp", ".svg", ".avif", ".heic", ".pdf",
                                      ".mp3", ".mp4", ".mov", ".webm", ".csv", ".zip", ".docx", ".xlsx"}))
        return true;
    if (secret.find('/') == secret.npos) return false;
    const auto parts = split(secret, '/');
    return std::any_of(parts.begin(), parts.end(), [](const auto& part) { return is_uuid(part.substr(0, 36)); });
}

// The name says that everybody may see the value, or that it is something else.
bool is_no_name_of_secret(const std::string& name, std::string_view secret) {
    if (has_any(name, {"public",  "pubkey",  "key_id",   "keyid",    "key-id",      "keyboard",  "keycode",
                       "keyword", "author",  "tokeniz",  "hash",     "checksum",    "digest",    "fingerprint",
                       "cache",   "primary", "foreign",  "monkey",   "integrity",   "version",   "capital",
                       "rapid",   "therapi", "reset",    "mock",     "dummy",       "fake",      "sample",
                       "sha1",    "sha256",  "sha512",   "md5",      "user_agent",  "useragent", "ice-pwd",
                       "example", "sitekey", "site_key", "site-key", "verification"}) &&
        name.find("authoriz") == name.npos)
        return true;
    // Keys that every visitor gets: of a captcha, of web push, of telemetry, the id of a client. Their secrets are
    // called so.
    if (has_any(name, {"captcha", "vapid", "posthog", "writekey", "write_key", "client_id", "clientid", "client-id"}) &&
        !has_any(name, {"secret", "private"}))
        return true;
    if (secret.starts_with("phc_")) return true;
    // What a bundler puts into every page, if the service calls it an application's.
    if (has_any(name, {"vite_", "next_public_", "react_app_", "nuxt_public_", "expo_public_", "vue_app_", "gatsby_",
                       "mix_"}) &&
        has_any(name, {"app_key", "site_key", "client_key", "publishable", "anon_key", "client_token"}) &&
        !has_any(name, {"secret", "private"}))
        return true;
    if (trim_name(name).ends_with("formkey")) return true; // of a form that everyone may fill in
    // a ciphertext, a lock without a key, an application by its id, the digest of a class of Java
    if (has_any(name, {"encrypted_key", "lock_token", "locktoken"})) return true;
    if (ends_with_any(trim_name(name), {"app_id", "appid", "app-id", "application_id"})) return true;
    if (trim_name(name).ends_with(".class") && is_hex(secret)) return true;
    // the name of an entry in a list of properties, such as the id of an object of Xcode
    if (name.ends_with("<key>") && is_hex(lower(secret))) return true;
    if (has_any(name, {"keysize", "key_size", "keylength", "key_length", "keytype", "key_type"})) return true;
    // a manager of passwords, by the id that it has for others
    if (is_uuid(secret) && has_any(name, {"onepassword", "1password", "passwords", "passwordmanager", "passkey"}))
        return true;
    // An id, unless the name says that it lets somebody in.
    if (is_uuid(secret) && !has_any(name, {"secret", "token", "passw", "pwd", "api", "auth", "cred", "access"}))
        return true;
    // `pass` alone, within other words: EIPAssociation, passed.
    if (has_any(name, {"passoc", "passa", "passe", "passi", "passport", "bypass", "compass"}) &&
        !has_any(name, {"key", "secret", "token", "passw", "passphrase", "pwd", "cred", "auth", "api"}))
        return true;
    // Behind a flag's blank stand names, ids and tokens for paging as well.
    const bool is_flag = name.starts_with("--") && name.find_first_of("=:") == name.npos;
    if (is_flag && !has_any(name, {"passw", "passphrase", "-pass ", "secret", "api-key", "apikey", "--token",
                                   "access-token", "auth-token", "api-token"}))
        return true;
    return false;
}

}

Proof check_generic(std::string_view secret, std::string_view match) {
    const std::string_view written = match.substr(0, static_cast<std::size_t>(secret.data() - match.data()));
    const std::string name = lower(written);
    if (is_no_name_of_secret(name, secret) || is_path(secret) || is_algorithm(secret)) return Proof::refuted;
    if (!has_keyword(name) || (is_hex(secret) && is_way_to_log_in(written))) return Proof::refuted;
    if (is_bare_key(name) && is_key_of_cache(secret)) return Proof::refuted;
    constexpr std::size_t uuid = 36;
    if (is_name_of_id(written) && secret.size() >= uuid && is_uuid(secret.substr(secret.size() - uuid)))
        return Proof::refuted;
    // A path, a URL or, where no quote stands before it, a member of something.
    const bool quoted = std::string_view("\"'`").find(match[name.size() - 1]) != std::string_view::npos;
    // The key of an entry, in JavaScript and in XML, is a name more often than a secret.
    if (is_bare_key(name) && (secret.size() < 16 || secret.starts_with("0x") || secret.find('_') != secret.npos))
        return Proof::refuted;
    if (secret.starts_with('/') || (!quoted && secret.find('.') != secret.npos)) return Proof::refuted;
    if (secret.starts_with(base64_pem)) return Proof::refuted; // private-key decides
    if (is_published(name, secret) || is_digest_of_file(name, secret)) return Proof::refuted;
    const bool sealed = secret.size() == 40 && has_any(secret.substr(0, 4), {"ghp_", "gho_", "ghu_", "ghs_", "npm_"});
    if (sealed) return check_github(secret, match); // of a wrong checksum
    return is_random(secret) && !is_words(secret) && !is_name(secret) ? Proof::unknown : Proof::refuted;
}

namespace {

// A number in front may count up, as an account's does; what stands behind it is the secret.
bool counts_up(std::string_view text) {
    const std::string_view last = text.substr(text.rfind('-') + 1);
    return has_any(last.size() < 20 ? text : last, {"0123456", "1234567"});
}

}

bool is_placeholder(std::string_view secret) {
    const std::string text = lower(secret);
    if (counts_up(text)) return true;
    if (has_any(text, {"example", "placeholder", "changeme", "change_me", "change-me", "dummy", "your_", "your-",
                       "yourkey", "xxxxx", "redacted", "sample", "abcdefg"}))
        return true;
    // What vendors and standards print on their pages: the claims of jwt.io's John Doe, Stripe's key for tests of all
    // readers, the tokens of RFC 6749, RFC 6750 and RFC 5849.
    if (has_any(text, {".eyjzdwiioiixmjm0nty3odkwiiwibmftzsi6ikpvag4grg9l", "_4ec39hqlyjwdarjtt1zdp7dc",
                       "bqokikjovbii2hlwgh4olfq2", "abc123xyz", "2yotnfzfejr1zcsicmwpaa", "tgzv3jokf0xg5qx2tlkwia",
                       "splxlobezqqybys6wxsbia", "mf_9.b5f-4.1jqm", "slav32hkkg", "gx1fbat3bv", "ad180jjd733klru7",
                       "kd94hf93k423kf44", "pfkkdhi9sl3r4s00", "hh5s93j4hdidpola", "abc123def", "6leixactaaaaa",
                       "92ixunpkjo0roq5bymi"}))
        return true;
    std::size_t run = 1;
    for (std::size_t i = 1; i < text.size(); ++i) {
        run = text[i] == text[i - 1] ? run + 1 : 1;
        if (run >= 7) return true;
    }
    return false;
}

}
