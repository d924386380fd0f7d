#include "base/text.h"
#include "sys/stream/age_parts.h"
#include <algorithm>
#include <fmt/format.h>
#include <optional>
#include <sodium.h>

namespace fairlead::sys {
namespace {

constexpr std::string_view first_line = "age-encryption.org/v1\n", x25519 = "X25519", scrypt = "scrypt";
constexpr std::string_view x25519_info = "age-encryption.org/v1/X25519", scrypt_salt = "age-encryption.org/v1/scrypt";
constexpr std::size_t columns = 64, salt_size = 16, wrapped_size = 32, longest_header = 1u << 20;
constexpr int usual_work = 18, hardest_work = 20; // powers of two; 2^20 takes 1 GiB
constexpr int base64 = sodium_base64_VARIANT_ORIGINAL_NO_PADDING;

std::string to_base64(std::string_view bytes) {
    std::string text(sodium_base64_ENCODED_LEN(bytes.size(), base64), '\0');
    ::sodium_bin2base64(text.data(), text.size(), bytes_of(bytes), bytes.size(), base64);
    text.pop_back(); // its NUL
    return text;
}

std::optional<std::string> canonical(std::string_view text) {
    std::string bytes(text.size(), '\0');
    std::size_t size = 0;
    const char* end = nullptr;
    if (::sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), text.data(), text.size(),
                            nullptr, &size, &end, base64) != 0 ||
        end != text.data() + text.size())
        return std::nullopt;
    bytes.resize(size);
    if (to_base64(bytes) != text) return std::nullopt;
    return bytes;
}

AgeKey hmac(std::string_view key, std::initializer_list<std::string_view> parts) {
    crypto_auth_hmacsha256_state state;
    ::crypto_auth_hmacsha256_init(&state, bytes_of(key.empty() ? "" : key), key.size());
    for (const auto part : parts) ::crypto_auth_hmacsha256_update(&state, bytes_of(part), part.size());
    AgeKey made{};
    ::crypto_auth_hmacsha256_final(&state, made.data());
    ::sodium_memzero(&state, sizeof state);
    return made;
}

constexpr std::array<unsigned char, crypto_aead_chacha20poly1305_ietf_NPUBBYTES> zero_nonce{};

std::string wrapped(const FileKey& key, const AgeKey& with) {
    std::array<unsigned char, wrapped_size> body{};
    ::crypto_aead_chacha20poly1305_ietf_encrypt(body.data(), nullptr, key.data(), key.size(), nullptr, 0, nullptr,
                                                zero_nonce.data(), with.data());
    return std::string(text_of(body));
}

std::optional<FileKey> unwrapped(std::string_view body, const AgeKey& with) {
    FileKey key{};
    if (::crypto_aead_chacha20poly1305_ietf_decrypt(key.data(), nullptr, nullptr, bytes_of(body), body.size(), nullptr,
                                                    0, zero_nonce.data(), with.data()) != 0)
        return std::nullopt;
    return key;
}

struct Stanza {
    std::vector<std::string> words;
    std::string body;
};

std::string spelt(const Stanza& stanza) {
    std::string text = "-> " + join(stanza.words, " ") + "\n";
    const std::string encoded = to_base64(stanza.body);
    std::string_view body = encoded;
    for (; body.size() >= columns; body.remove_prefix(columns)) text += std::string(body.substr(0, columns)) + "\n";
    return text + std::string(body) + "\n";
}

Stanza for_recipient(const FileKey& key, const AgeRecipient& recipient) {
    AgeKey secret{}, share{}, shared{};
    ::randombytes_buf(secret.data(), secret.size());
    ::crypto_scalarmult_base(share.data(), secret.data());
    const int bad = ::crypto_scalarmult(shared.data(), secret.data(), recipient.key().data());
    if (bad != 0) throw std::runtime_error("an age recipient is a point that no key has");
    auto with = hkdf(text_of(shared), std::string(text_of(share)) + std::string(text_of(recipient.key())), x25519_info);
    ::sodium_memzero(secret.data(), secret.size());
    ::sodium_memzero(shared.data(), shared.size());
    return {{std::string(x25519), to_base64(text_of(share))}, wrapped(key, with)};
}

std::optional<AgeKey> of_passphrase(const Secret& passphrase, std::string_view salt, int work) {
    const auto whole = std::string(scrypt_salt) + std::string(salt);
    const auto& text = passphrase.reveal();
    AgeKey key{};
    if (::crypto_pwhash_scryptsalsa208sha256_ll(bytes_of(text), text.size(), bytes_of(whole), whole.size(),
                                                std::uint64_t{1} << work, 8, 1, key.data(), key.size()) != 0)
        return std::nullopt; // no memory
    return key;
}

Stanza for_passphrase(const FileKey& key, const Secret& passphrase) {
    std::array<unsigned char, salt_size> salt{};
    ::randombytes_buf(salt.data(), salt.size());
    const auto with = of_passphrase(passphrase, text_of(salt), usual_work);
    if (!with) throw std::bad_alloc();
    return {{std::string(scrypt), to_base64(text_of(salt)), std::to_string(usual_work)}, wrapped(key, *with)};
}

class Reader {
  public:
    Reader(std::string_view header, const std::string& name) : rest_(header), name_(name) {}

    struct Header {
        std::vector<Stanza> stanzas;
        std::string mac;
        std::string_view judged; // what the MAC is of
    };
    Result<Header> read() {
        const std::string_view all = rest_;
        if (!rest_.starts_with(first_line)) return no(fmt::format("'{}' is not encrypted by age v1", name_));
        rest_.remove_prefix(first_line.size());
        Header header;
        for (;;) {
            const auto before = rest_;
            const std::string_view line = TRY(next());
            if (line.starts_with("--- ")) {
                const auto mac = canonical(line.substr(4));
                if (!mac || mac->size() != 32 || !rest_.empty() || header.stanzas.empty()) return broken();
                header.mac = *mac;
                header.judged = all.substr(0, all.size() - before.size() + 3);
                return header;
            }
            auto stanza = TRY(stanza_of(line));
            header.stanzas.push_back(std::move(stanza));
        }
    }
    Error broken() const { return no(fmt::format("'{}' is damaged: its header is not as age writes it", name_)); }

  private:
    Result<std::string_view> next() {
        const auto end = rest_.find('\n');
        if (end == rest_.npos) return broken();
        const auto line = rest_.substr(0, end);
        rest_.remove_prefix(end + 1);
        return line;
    }

    Result<Stanza> stanza_of(std::string_view line) {
        if (!line.starts_with("-> ")) return broken();
        Stanza stanza;
        for (const auto& word : split(line.substr(3), ' ')) {
            const bool printable =
                std::all_of(word.begin(), word.end(), [](char one) { return one > 32 && one < 127; });
            if (word.empty() || !printable) return broken();
            stanza.words.emplace_back(word);
        }
        std::string body;
        for (;;) {
            const std::string_view part = TRY(next());
            if (part.size() > columns) return broken();
            body += part;
            if (part.size() < columns) break;
        }
        const auto bytes = canonical(body);
        if (!bytes || stanza.words.empty()) return broken();
        stanza.body = *bytes;
        return stanza;
    }

    std::string_view rest_;
    const std::string& name_;
};

// Nothing: it is another's.
Result<std::optional<FileKey>> opened_by(const Stanza& stanza, const AgeIdentity& identity, const Error& broken) {
    if (stanza.words[0] != x25519) return std::optional<FileKey>();
    const auto share = stanza.words.size() == 2 ? canonical(stanza.words[1]) : std::nullopt;
    if (!share || share->size() != 32 || stanza.body.size() != wrapped_size) return broken;
    AgeKey shared{};
    if (::crypto_scalarmult(shared.data(), identity.key().data(), bytes_of(*share)) != 0) return broken; // all zero
    const auto with = hkdf(text_of(shared), *share + std::string(text_of(identity.recipient().key())), x25519_info);
    ::sodium_memzero(shared.data(), shared.size());
    return unwrapped(stanza.body, with);
}

Result<std::optional<FileKey>> opened_by(const Stanza& stanza, const Secret& passphrase, const std::string& name,
                                         const Error& broken) {
    const auto salt = stanza.words.size() == 3 ? canonical(stanza.words[1]) : std::nullopt;
    if (!salt || salt->size() != salt_size || stanza.body.size() != wrapped_size) return broken;
    const auto& work = stanza.words[2];
    const bool digits = std::all_of(work.begin(), work.end(), [](char one) { return one >= '0' && one <= '9'; });
    if (!digits || work.starts_with('0')) return broken;
    if (work.size() > 2 || std::stoi(work) > hardest_work)
        return could_not(fmt::format("'{}' needs a passphrase with a work factor of 2^{}; the limit is 2^{}", name,
                                     work.substr(0, 20), hardest_work));
    const auto with = of_passphrase(passphrase, *salt, std::stoi(work));
    if (!with) return could_not(fmt::format("'{}': no memory is left for its passphrase", name));
    return unwrapped(stanza.body, *with);
}

Result<FileKey> found(const std::vector<Stanza>& stanzas, const AgeKeys& keys, const std::string& name,
                      const Error& broken) {
    const bool has_passphrase =
        std::any_of(stanzas.begin(), stanzas.end(), [](const Stanza& one) { return one.words[0] == scrypt; });
    if (has_passphrase) {
        if (stanzas.size() != 1) return broken; // it promises that who knows the passphrase wrote it
        if (keys.passphrase.empty() && keys.former.empty())
            return could_not(fmt::format("'{}' is encrypted with a passphrase", name));
        for (const Secret* passphrase : {&keys.passphrase, &keys.former}) {
            if (passphrase->empty()) continue;
            const auto key = TRY(opened_by(stanzas.front(), *passphrase, name, broken));
            if (key) return *key;
        }
        return could_not(fmt::format("the passphrase doesn't open '{}'", name));
    }
    for (const Stanza& stanza : stanzas)
        for (const AgeIdentity& identity : keys.identities) {
            const auto key = TRY(opened_by(stanza, identity, broken));
            if (key) return *key;
        }
    if (keys.identities.empty() && !keys.passphrase.empty())
        return could_not(fmt::format("'{}' is encrypted for keys, not with a passphrase", name));
    return could_not(fmt::format("none of the {} identities opens '{}'", keys.identities.size(), name));
}

AgeKey mac_of(std::string_view judged, const FileKey& key) {
    return hmac(text_of(hkdf(text_of(key), {}, "header")), {judged});
}

}

AgeKey hkdf(std::string_view secret, std::string_view salt, std::string_view info) {
    AgeKey extracted = hmac(salt, {secret});
    const AgeKey made = hmac(text_of(extracted), {info, std::string_view("\x01", 1)});
    ::sodium_memzero(extracted.data(), extracted.size());
    return made;
}

std::string age_header(const FileKey& key, const AgeTo& to) {
    start_sodium();
    std::string header(first_line);
    for (const AgeRecipient& recipient : to.recipients) header += spelt(for_recipient(key, recipient));
    if (!to.passphrase.empty()) header += spelt(for_passphrase(key, to.passphrase));
    header += "---";
    return header + " " + to_base64(text_of(mac_of(header, key))) + "\n";
}

Result<FileKey> open_age_header(std::string_view header, const AgeKeys& keys, const std::string& name) {
    start_sodium();
    Reader reader(header, name);
    const auto read = TRY(reader.read());
    const FileKey key = TRY(found(read.stanzas, keys, name, reader.broken()));
    const AgeKey mac = mac_of(read.judged, key);
    if (::sodium_memcmp(mac.data(), read.mac.data(), mac.size()) != 0)
        return no(fmt::format("'{}' is damaged: its header was changed", name));
    return key;
}

Result<std::string> read_age_header(Source& from, const std::string& name) {
    std::string header;
    for (std::size_t line = 0;;) {
        char one = 0;
        const std::size_t size = TRY(read_fully(from, std::span(&one, 1)));
        if (size == 0)
            return no(header.starts_with(first_line) ? fmt::format("'{}' is cut off within its header", name)
                                                     : fmt::format("'{}' is not encrypted by age v1", name));
        header += one;
        if (header.size() <= first_line.size() && !first_line.starts_with(header))
            return no(fmt::format("'{}' is not encrypted by age v1", name));
        if (header.size() > longest_header)
            return no(fmt::format("'{}' is damaged: its header is over {} bytes", name, longest_header));
        if (one != '\n') continue;
        if (std::string_view(header).substr(line).starts_with("---")) return header;
        line = header.size();
    }
}

bool is_age(std::string_view start) { return start.starts_with(first_line); }

}
