using System.Diagnostics;
using System.Globalization;
using Beam.Benchmarks.Reporting;

namespace Beam.Benchmarks.Scenarios;

/// <summary>A disk that is full before its budget is used up.</summary>
internal sealed class FullDisk : IScenario
{
    public string Name => "full-disk";

    public Section Run(BenchmarkContext context)
    {
        var diskBytes = context.Pick(64, 16) * BenchmarkContext.MiB;
        var bytes = 4 * diskBytes;
        using var directory = new SpillFolder();
        var title = "Spill, disk full";
        var size = string.Create(CultureInfo.InvariantCulture, $"size={diskBytes}");
        if (!Mount("mount", "-t", "tmpfs", "-o", size, "beam-benchmark", directory.Path))
        {
            return new Section(title, "Skipped: a small file system can only be mounted by root.", new Table("Measure", "Value"));
        }

        try
        {
            var measures = new MeasureTable();
            Measure(context, directory, bytes, measures);
            return new Section(
                title, $"{Units.Bytes(bytes)} sent to a disk of {Units.Bytes(diskBytes)} before any receiver comes.", measures.Table);
        }
        finally
        {
            Mount("umount", directory.Path);
        }
    }

    private static void Measure(BenchmarkContext context, SpillFolder directory, long bytes, MeasureTable measures)
    {
        var drive = new DriveInfo(directory.Path);
        var freeBefore = drive.AvailableFreeSpace;
        using var server = context.StartBeam(directory.Settings(16 * BenchmarkContext.MiB, 2048 * BenchmarkContext.MiB));
        var path = server.NextPath();
        var answer = server.Client.Send(path, bytes, seed: 1);
        var received = server.Client.Receive(path, seed: 1);
        measures.Add("sender's answer", Units.Count(answer.Status), "507", answer.Status == 507);
        measures.Add("receiver's answer", Units.Count(received.Status), "no complete body", !received.IsComplete);
        directory.AddWhatIsLeft(measures, server);
        measures.Add(
            "disk not given back", Units.Bytes(freeBefore - drive.AvailableFreeSpace), "nothing", drive.AvailableFreeSpace == freeBefore);
    }

    private static bool Mount(string program, params IEnumerable<string> arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments)
            {
                RedirectStandardError = true,
                UseShellExecute = false,
            })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // There is no such program here.
            return false;
        }
    }
}
