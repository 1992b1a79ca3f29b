namespace Beam.Yarp.Tests.Balancers;

/// <summary>nginx as docs/scaling.md has it.</summary>
internal sealed class NginxBalancer : IBalancer
{
    private readonly int[] _nodePorts;
    private readonly int _port = TestPorts.Free();
    private readonly NginxProcess _nginx;

    public NginxBalancer(params int[] nodePorts)
    {
        _nodePorts = nodePorts;
        _nginx = new NginxProcess(Config);
    }

    public string Url => $"http://127.0.0.1:{_port}";

    private string Config => DocumentedConfig.Read("nginx", _port, _nodePorts);

    /// <summary>Waits until it takes connections.</summary>
    public Task ListensAsync() => _nginx.ListensAsync(_port);

    public Task DrainAsync(int node)
    {
        var line = $"    server 127.0.0.1:{_nodePorts[node]};";
        Assert.Contains(line, Config, StringComparison.Ordinal);
        _nginx.Reload(Config.Replace(line, line.TrimEnd(';') + " down;", StringComparison.Ordinal));
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync() => _nginx.DisposeAsync();
}
