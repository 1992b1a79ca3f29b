namespace Beam.Yarp.Tests.Balancers;

/// <summary>haproxy as docs/scaling.md has it.</summary>
internal sealed class HaproxyBalancer : IBalancer
{
    private const int Reload = 12;

    private readonly TempFolder _folder = new();
    private readonly int[] _nodePorts;
    private readonly int _port = TestPorts.Free();
    private readonly ClientProcess _haproxy;

    public HaproxyBalancer(params int[] nodePorts)
    {
        _nodePorts = nodePorts;
        Write(draining: null);

        // With a master, which reads the configuration again on a signal.
        _haproxy = ClientProcess.Start(SystemProgram.FindOrSkip("haproxy"), "-W", "-f", _folder["haproxy.cfg"]);
    }

    public string Url => $"http://127.0.0.1:{_port}";

    /// <summary>Waits until it takes connections.</summary>
    public Task ListensAsync() => _haproxy.ListensAsync(_port);

    public Task DrainAsync(int node)
    {
        Write(node);
        _haproxy.Signal(Reload);
        return Task.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        _haproxy.Signal(15);
        await _haproxy.WaitAsync();
        await _haproxy.DisposeAsync();
        _folder.Dispose();
    }

    private void Write(int? draining)
    {
        var config = DocumentedConfig.Read("haproxy", _port, _nodePorts);
        if (draining is { } node)
        {
            var line = $"    server n{node + 1} 127.0.0.1:{_nodePorts[node]} check";
            Assert.Contains(line, config, StringComparison.Ordinal);
            config = config.Replace(line, line + " weight 0", StringComparison.Ordinal);
        }

        _folder.Write("haproxy.cfg", System.Text.Encoding.UTF8.GetBytes(config));
    }
}
