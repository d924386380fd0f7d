#include "init/recognise/recogniser.h"

namespace fairlead::init {

bool describe_rust(Folder&, Component&) { return false; }

}
