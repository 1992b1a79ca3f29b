using Beam.Cli;
using Beam.Cli.Configuration;
using Beam.Cli.Terminal;

return await BeamTool.RunAsync(new ToolContext { Console = ToolConsole.OfProcess(), Folders = ToolFolders.OfUser() }, args);
