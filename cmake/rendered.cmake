# Writes what is installed beside the program NAME, rendered from its declaration: FOLDER gets share/ as it will be.
# EMULATOR: what starts a program of another architecture.
set(man man/man1/${NAME}.1)
set(completion-bash bash-completion/completions/${NAME})
set(completion-zsh zsh/site-functions/_${NAME})
set(completion-fish fish/vendor_completions.d/${NAME}.fish)
foreach(what man completion-bash completion-zsh completion-fish)
  get_filename_component(folder ${FOLDER}/${${what}} DIRECTORY)
  file(MAKE_DIRECTORY ${folder})
  execute_process(COMMAND ${EMULATOR} ${PROGRAM} --render ${what} OUTPUT_FILE ${FOLDER}/${${what}} COMMAND_ERROR_IS_FATAL ANY)
endforeach()
