using Beam.Benchmarks;
using Beam.Benchmarks.Servers;

if (args is [ServeCommand.Name, var kind, ..])
{
    await ServeCommand.RunAsync(Enum.Parse<ServerKind>(kind), args[2..]);
    return 0;
}

return BenchmarkCommand.Run(args);
