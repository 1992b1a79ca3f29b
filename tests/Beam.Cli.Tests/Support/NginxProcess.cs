using System.Globalization;
using System.Text;

namespace Beam.Cli.Tests.Support;

/// <summary>nginx before a server.</summary>
internal sealed class NginxProcess : IAsyncDisposable
{
    private const int Terminate = 15;

    private readonly TempFolder _folder = new();
    private readonly ClientProcess _nginx;

    /// <param name="target">The server.</param>
    /// <param name="settings">What is said of passing requests on.</param>
    public NginxProcess(string target, string settings)
    {
        Assert.SkipUnless(ClientProcess.IsAvailable("nginx"), "nginx is not installed.");
        var port = TestPorts.Free();
        Url = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}");
        _folder.Write("nginx.conf", Encoding.UTF8.GetBytes($$"""
            daemon off;
            worker_processes 1;
            pid nginx.pid;
            error_log stderr notice;
            events { worker_connections 64; }
            http {
                access_log off;
                client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
                server {
                    listen 127.0.0.1:{{port}};
                    location / {
                        proxy_pass {{target}};
                        {{settings}}
                    }
                }
            }
            """));
        _nginx = ClientProcess.Start("nginx", "-p", _folder.Path, "-e", "stderr", "-c", _folder["nginx.conf"]);
    }

    /// <summary>Gets the address.</summary>
    public string Url { get; }

    /// <summary>Waits until it listens.</summary>
    public Task StartedAsync(TimeSpan limit) => _nginx.WaitForErrorTextAsync("start worker process ", limit);

    public async ValueTask DisposeAsync()
    {
        // Told to end, it ends its workers.
        _nginx.Signal(Terminate);
        await _nginx.WaitAsync();
        await _nginx.DisposeAsync();
        _folder.Dispose();
    }
}
