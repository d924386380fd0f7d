#include "gate/source.h"
#include "base/text.h"
#include "sys/data/unpack.h"

namespace fairlead::gate {

Result<sys::ByteStream> Source::open(sys::Encoding encoding) const {
    auto raw = sys::ByteStream::of(bytes_, sys::Encoding::raw);
    if (root_) raw = TRY(sys::ByteStream::open(*root_, name_, sys::Encoding::raw));
    return sys::unpacked(std::move(raw), name_, encoding);
}

Result<bool> Source::is_xml() const {
    auto stream = TRY(open(sys::Encoding::utf8));
    for (;;) {
        const std::string_view piece = TRY(stream.next());
        const auto text = trim(piece);
        if (!text.empty() || piece.empty()) return text.starts_with('<');
    }
}

Result<void> Source::xml(sys::XmlHandler& handler) const {
    auto stream = TRY(open(sys::Encoding::raw));
    return sys::parse_xml(std::move(stream), name_, handler,
                          is_lenient_ ? sys::Controls::blanks : sys::Controls::refused);
}

Result<void> Source::json(sys::JsonHandler& handler) const {
    auto stream = TRY(open(sys::Encoding::utf8));
    return sys::stream_json(std::move(stream), name_, handler);
}

}
