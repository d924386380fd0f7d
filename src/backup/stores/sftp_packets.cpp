#include "backup/stores/sftp_packets.h"

namespace fairlead::backup::sftp {
namespace {

void put(std::string& into, std::uint64_t value, int bytes) {
    for (int at = bytes - 1; at >= 0; --at) into += static_cast<char>((value >> (8 * at)) & 0xff);
}

// Reads on as if there were zeros once the bytes have run out, and then says so.
class Reader {
  public:
    explicit Reader(std::string_view bytes) : rest_(bytes) {}
    bool is_short() const { return short_; }
    bool is_at_end() const { return rest_.empty(); }

    std::uint64_t take(int bytes) {
        if (rest_.size() < static_cast<std::size_t>(bytes)) {
            short_ = true;
            rest_ = {};
            return 0;
        }
        std::uint64_t value = 0;
        for (int at = 0; at < bytes; ++at)
            value = (value << 8) | static_cast<unsigned char>(rest_[static_cast<std::size_t>(at)]);
        rest_.remove_prefix(static_cast<std::size_t>(bytes));
        return value;
    }
    std::uint32_t number() { return static_cast<std::uint32_t>(take(4)); }
    std::string text() {
        const std::size_t size = number();
        if (rest_.size() < size) {
            short_ = true;
            rest_ = {};
            return {};
        }
        std::string found(rest_.substr(0, size));
        rest_.remove_prefix(size);
        return found;
    }
    std::string rest() {
        std::string found(rest_);
        rest_ = {};
        return found;
    }

  private:
    std::string_view rest_;
    bool short_ = false;
};

Attributes read_attributes(Reader& reader) {
    constexpr std::uint32_t has_size = 1, has_owner = 2, has_permissions = 4, has_times = 8, has_more = 0x80000000u;
    Attributes found;
    const auto flags = reader.number();
    if (flags & has_size) found.size = reader.take(8);
    if (flags & has_owner) reader.take(8);
    if (flags & has_permissions) found.permissions = reader.number();
    if (flags & has_times) {
        reader.number();
        found.modified = reader.number();
    }
    if (!(flags & has_more)) return found;
    for (auto left = reader.number(); left > 0 && !reader.is_short(); --left) {
        reader.text();
        reader.text();
    }
    return found;
}

void read_entries(Reader& reader, std::vector<Entry>& entries) {
    for (auto left = reader.number(); left > 0 && !reader.is_short(); --left) {
        Entry entry;
        entry.name = reader.text();
        reader.text(); // as `ls -l` would show it
        entry.attributes = read_attributes(reader);
        entries.push_back(std::move(entry));
    }
}

Error wrong() { return could_not("the server's answer is not SFTP"); }

}

Packet::Packet(Ask type) { put(body_, static_cast<std::uint8_t>(type), 1); }

Packet& Packet::number(std::uint32_t value) {
    put(body_, value, 4);
    return *this;
}

Packet& Packet::big_number(std::uint64_t value) {
    put(body_, value, 8);
    return *this;
}

Packet& Packet::text(std::string_view bytes) {
    put(body_, bytes.size(), 4);
    body_ += bytes;
    return *this;
}

Packet& Packet::mode(std::uint32_t permissions) { return number(4).number(permissions); }

std::string Packet::bytes() const {
    std::string packet;
    put(packet, body_.size(), 4);
    return packet + body_;
}

Result<Answer> read_answer(std::string_view body) {
    Reader reader(body);
    Answer answer;
    const auto type = reader.take(1);
    answer.type = static_cast<Answer::Type>(type);
    answer.id = reader.number();
    switch (answer.type) {
    case Answer::Type::version:
        while (!reader.is_at_end()) {
            auto name = reader.text();
            answer.extensions[std::move(name)] = reader.text();
        }
        break;
    case Answer::Type::status:
        answer.code = static_cast<Code>(reader.number());
        if (!reader.is_at_end()) answer.text = reader.text(); // some servers leave it out
        reader.rest();
        break;
    case Answer::Type::handle:
    case Answer::Type::data: answer.text = reader.text(); break;
    case Answer::Type::names: read_entries(reader, answer.entries); break;
    case Answer::Type::attributes: answer.attributes = read_attributes(reader); break;
    case Answer::Type::extended: answer.text = reader.rest(); break;
    default: return wrong();
    }
    if (reader.is_short()) return wrong();
    return answer;
}

std::vector<std::uint64_t> big_numbers(std::string_view bytes) {
    std::vector<std::uint64_t> found;
    for (Reader reader(bytes); !reader.is_at_end();)
        if (const auto value = reader.take(8); !reader.is_short()) found.push_back(value);
    return found;
}

}
