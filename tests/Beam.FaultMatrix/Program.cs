using System.Globalization;
using Beam.Conformance;
using Beam.FaultMatrix;
using Beam.Testing;

if (Arguments.Parse(args) is not { } arguments)
{
    await Console.Error.WriteLineAsync(Arguments.Usage);
    return 2;
}

return arguments.Soak is { } duration ? await SoakAsync(duration) : await RunMatrixAsync();

async Task<BeamHost> StartAsync(BeamHostSettings settings) => arguments.Url is { } url
    ? new RemoteBeamHost(url, arguments.Http2Url, arguments.Stall)
    : await KestrelBeamHost.StartAsync(settings);

// What cannot be arranged or stopped from outside needs a server in this process.
bool CanRun(Cell cell) => arguments.Url is null
    || (cell.Fault != Fault.ServerStopping
        && cell.Storage == Storage.Memory
        && (arguments.Http2Url is not null || (cell.Sender == Wire.Http1 && cell.Receiver == Wire.Http1)));

async Task<int> RunMatrixAsync()
{
    var cells = Cell.All.Where(CanRun).Where(cell => cell.ToString().Contains(arguments.Filter, StringComparison.Ordinal));
    var results = await FaultMatrix.RunAsync(cells, StartAsync, ended: static result => Console.Error.WriteLine(result));
    IReadOnlyList<CellResult> comebacks = arguments.Url is null
        ? await Comeback.RunAsync(
            cells.Where(static cell => Comeback.WhyMeaningless(cell) is null),
            StartAsync,
            ended: static result => Console.Error.WriteLine("back: " + result))
        : [];
    Console.WriteLine(MatrixReport.Render(results, comebacks));
    var isEmpty = await IsEmptyAsync();
    return isEmpty && results.Concat(comebacks).All(static result => result.Problems.Count == 0) ? 0 : 1;
}

async Task<int> SoakAsync(TimeSpan duration)
{
    await using var host = await StartAsync(BeamHostSettings.Default);
    var report = await Soak.RunAsync(host, duration);
    Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{report.Transfers} transfers in {duration.TotalSeconds:0} s: {report}"));
    await Eventually.TrueAsync(async () => (await host.GetHoldingsAsync()).IsEmpty, "nothing is left after the soak");
    return report is { IsHonest: true, Lost: 0 } ? 0 : 1;
}

async Task<bool> IsEmptyAsync()
{
    if (arguments.Url is null)
    {
        return true;
    }

    await using var host = await StartAsync(BeamHostSettings.Default);
    var held = await host.GetHoldingsAsync();
    Console.WriteLine(
        $"- Left over on the server (of everybody who uses it): {held.Transfers} transfers, "
            + $"{held.MemoryBytes} bytes in memory, {held.DiskBytes} on the disk");
    return held.IsEmpty;
}
