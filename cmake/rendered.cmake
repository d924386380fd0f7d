# Writes what is installed beside the program NAME, rendered from its declaration: FOLDER gets share/ as it will be.
set(man man/man1/${NAME}.1)
foreach(what man)
  get_filename_component(folder ${FOLDER}/${${what}} DIRECTORY)
  file(MAKE_DIRECTORY ${folder})
  execute_process(COMMAND ${PROGRAM} --render ${what} OUTPUT_FILE ${FOLDER}/${${what}} COMMAND_ERROR_IS_FATAL ANY)
endforeach()
