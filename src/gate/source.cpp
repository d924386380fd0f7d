#include "gate/source.h"

namespace fairlead::gate {

Result<sys::ByteStream> Source::open(sys::Encoding encoding) const {
    if (in_memory_) return sys::ByteStream::of(bytes_, encoding);
    return sys::ByteStream::open(name_, encoding);
}

Result<void> Source::xml(sys::XmlHandler& handler) const {
    if (in_memory_) return sys::parse_xml(bytes_, name_, handler);
    return sys::parse_xml_file(name_, handler);
}

Result<void> Source::json(sys::JsonHandler& handler) const {
    return sys::stream_json(TRY(open(sys::Encoding::utf8)), name_, handler);
}

}
