using System.Text;

namespace Beam.Yarp.Tests.Balancers;

/// <summary>nginx with a configuration of the test's.</summary>
internal sealed class NginxProcess : IAsyncDisposable
{
    private const int Hangup = 1;
    private const int Terminate = 15;

    private readonly TempFolder _folder = new();
    private readonly ClientProcess _nginx;

    public NginxProcess(string config)
    {
        Write(config);
        _nginx = ClientProcess.Start(SystemProgram.FindOrSkip("nginx"), "-p", _folder.Path, "-e", "stderr", "-c", _folder["nginx.conf"]);
    }

    /// <summary>Waits until it takes connections at a port of its configuration.</summary>
    public Task ListensAsync(int port) => _nginx.ListensAsync(port);

    /// <summary>Has it go on with another configuration.</summary>
    /// <param name="config">What stands within <c>http</c>.</param>
    public void Reload(string config)
    {
        Write(config);
        _nginx.Signal(Hangup);
    }

    public async ValueTask DisposeAsync()
    {
        // Told to end, it ends its workers.
        _nginx.Signal(Terminate);
        await _nginx.WaitAsync();
        await _nginx.DisposeAsync();
        _folder.Dispose();
    }

    private void Write(string config) => _folder.Write("nginx.conf", Encoding.UTF8.GetBytes($$"""
        daemon off;
        worker_processes 2;
        pid nginx.pid;
        error_log stderr warn;
        events { worker_connections 1024; }
        http {
        access_log off;
        client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
        {{config}}
        }
        """));
}
