using System.Diagnostics;
using Beam.Benchmarks.Load;
using Beam.Benchmarks.Measuring;
using Beam.Benchmarks.Reporting;
using Beam.Benchmarks.Servers;

namespace Beam.Benchmarks.Scenarios;

/// <summary>
/// What sending and receiving with <c>beam</c> costs beside curl, in turn, in one run; and a large file in bounded memory.
/// </summary>
internal sealed class ToolCost : IScenario
{
    private static readonly DirectoryInfo Output = new(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));

    private static readonly string Tool = Path.GetFullPath(
        Path.Combine(AppContext.BaseDirectory, "../../../../..", "Beam.Cli", "bin", Output.Parent!.Name, Output.Name, "Beam.Cli.dll"));

    public string Name => "tool";

    public Section Run(BenchmarkContext context)
    {
        var bytes = context.Pick(1024, 8) * BenchmarkContext.MiB;
        var largeBytes = context.Pick(20 * 1024, 16) * BenchmarkContext.MiB;
        using var folder = new SpillFolder();
        using var server = context.StartBeam();
        var file = CreateSparse(folder, "file.bin", bytes);
        (bool SendsWithTool, bool ReceivesWithTool)[] pairs = [(false, false), (true, false), (false, true), (true, true)];
        var costs = pairs.ToDictionary(static pair => pair, static _ => new List<ClientCost>());
        for (var run = -1; run < context.Runs; run++)
        {
            foreach (var pair in pairs)
            {
                var cost = Move(server, folder, file, bytes, pair.SendsWithTool, pair.ReceivesWithTool);
                if (run >= 0)
                {
                    costs[pair].Add(cost);
                }
            }
        }

        var table = new Table(
            "Sender",
            "Receiver",
            "Sender's CPU per GiB",
            "To curl",
            "Receiver's CPU per GiB",
            "To curl",
            "Throughput",
            "To curl",
            "Sender's memory",
            "Receiver's memory");
        var curl = costs[pairs[0]];
        foreach (var pair in pairs)
        {
            AddRow(table, pair, costs[pair], curl, bytes);
        }

        var large = CreateSparse(folder, "large.bin", largeBytes);
        AddRow(
            table,
            (true, true),
            [Move(server, folder, large, largeBytes, sendsWithTool: true, receivesWithTool: true)],
            curl,
            bytes,
            $" ({Units.Bytes(largeBytes)})");
        return new Section(
            "The tool",
            $"{Units.Bytes(bytes)} of zeros in one file, received to the standard output; "
                + $"median of {context.Runs} interleaved runs after one to warm up. "
                + "beam computes and compares SHA-256 at both ends, curl does not.",
            table);
    }

    private static void AddRow(
        Table table,
        (bool SendsWithTool, bool ReceivesWithTool) pair,
        List<ClientCost> costs,
        List<ClientCost> curl,
        long bytes,
        string note = "")
    {
        var gibibytes = (double)bytes / (1024 * BenchmarkContext.MiB);
        var size = costs[0].Bytes / (1024.0 * BenchmarkContext.MiB);
        var sender = Median.Of(costs, static cost => cost.SenderCpu) / size;
        var receiver = Median.Of(costs, static cost => cost.ReceiverCpu) / size;
        var pace = Median.Of(costs, static cost => cost.BytesPerSecond);
        table.Add(
            Called(pair.SendsWithTool) + note,
            Called(pair.ReceivesWithTool) + note,
            Units.CpuSeconds(sender),
            Units.Ratio(sender / (Median.Of(curl, static cost => cost.SenderCpu) / gibibytes)),
            Units.CpuSeconds(receiver),
            Units.Ratio(receiver / (Median.Of(curl, static cost => cost.ReceiverCpu) / gibibytes)),
            Units.BytesPerSecond(pace),
            Units.Ratio(pace / Median.Of(curl, static cost => cost.BytesPerSecond)),
            Units.Bytes(costs.Max(static cost => cost.SenderMemory)),
            Units.Bytes(costs.Max(static cost => cost.ReceiverMemory)));
    }

    private static string Called(bool isTool) => isTool ? "beam" : "curl";

    private static ClientCost Move(
        ServerProcess server,
        SpillFolder folder,
        string file,
        long bytes,
        bool sendsWithTool,
        bool receivesWithTool)
    {
        var startedAt = Stopwatch.GetTimestamp();
        var url = $"http://127.0.0.1:{server.Port}";
        var environment = new Dictionary<string, string>
        {
            ["HOME"] = folder.Path,
            ["XDG_CONFIG_HOME"] = folder.Path,
            ["XDG_DATA_HOME"] = folder.Path,
            ["BEAM_SERVER"] = url,
        };
        var link = $"{url}/{server.NextPath()}";
        var sender = sendsWithTool
            ? ProgramRun.Start("dotnet", [Tool, "send", file], environment)
            : ProgramRun.Start("curl", ["-sS", "--fail", "-T", file, link]);
        if (sendsWithTool)
        {
            link = sender.ReadLine();
        }

        var receiver = receivesWithTool
            ? ProgramRun.Start("dotnet", [Tool, "receive", link, "-o", "-"], environment)
            : ProgramRun.Start("curl", ["-sS", "--fail", link]);
        var receiving = LoadThread.Run(receiver.Finish);
        sender.Finish();
        if (receiving.Result != bytes)
        {
            throw new InvalidDataException($"{receiving.Result} bytes arrived of {bytes}.");
        }

        var time = Stopwatch.GetElapsedTime(startedAt);
        return new ClientCost(
            bytes,
            bytes / time.TotalSeconds,
            sender.Cpu.TotalSeconds,
            receiver.Cpu.TotalSeconds,
            sender.PeakMemory,
            receiver.PeakMemory);
    }

    private static string CreateSparse(SpillFolder folder, string name, long bytes)
    {
        var path = Path.Combine(folder.Path, name);
        using var file = File.Create(path);
        file.SetLength(bytes);
        return path;
    }

    private sealed record ClientCost(
        long Bytes,
        double BytesPerSecond,
        double SenderCpu,
        double ReceiverCpu,
        long SenderMemory,
        long ReceiverMemory);
}
