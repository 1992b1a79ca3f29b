using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Beam.Benchmarks.Measuring;

namespace Beam.Benchmarks.Servers;

/// <summary>nginx or haproxy before one node, as a single process, set as docs/scaling.md has it. Killed on disposal.</summary>
internal sealed class ProxyProcess : IDisposable
{
    private static readonly string[] Folders = ["/usr/sbin", "/usr/local/sbin", "/usr/bin"];

    private readonly Process _process;
    private readonly DirectoryInfo _folder;

    private ProxyProcess(Process process, DirectoryInfo folder, int port)
    {
        _process = process;
        _folder = folder;
        Port = port;
    }

    public int Port { get; }

    public TimeSpan CpuTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Gets the memory that the proxy uses now.</summary>
    public ProcessMemory Memory => ProcessMemory.Read(_process.Id);

    /// <returns>The proxy, or <see langword="null"/> when it is not installed.</returns>
    public static ProxyProcess? StartNginx(int nodePort)
        => Start(
            "nginx",
            ["-e", "stderr", "-p", "{folder}", "-c"],
            port => string.Create(
                CultureInfo.InvariantCulture,
                $$"""
                daemon off;
                master_process off;
                pid nginx.pid;
                events { worker_connections 1024; }
                http {
                    access_log off;
                    client_body_temp_path body; proxy_temp_path proxy;
                    fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
                    server {
                        listen 127.0.0.1:{{port}};
                        client_max_body_size 0;
                        location / {
                            proxy_pass http://127.0.0.1:{{nodePort}};
                            proxy_http_version 1.1;
                            proxy_request_buffering off;
                            proxy_buffering off;
                            proxy_set_header Connection "";
                            proxy_set_header Beam-Delivery sent;
                        }
                    }
                }
                """));

    /// <inheritdoc cref="StartNginx"/>
    public static ProxyProcess? StartHaproxy(int nodePort)
        => Start(
            "haproxy",
            ["-q", "-db", "-f"],
            port => string.Create(
                CultureInfo.InvariantCulture,
                $"""
                defaults
                    mode http
                    timeout connect 5s
                    timeout client 10m
                    timeout server 10m
                    option http-no-delay
                    retries 0
                frontend beam
                    bind 127.0.0.1:{port}
                    http-request set-header Beam-Delivery sent
                    default_backend node
                backend node
                    server n1 127.0.0.1:{nodePort}

                """));

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    private static ProxyProcess? Start(string name, string[] arguments, Func<int, string> config)
    {
        if (Folders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists) is not { } program)
        {
            return null;
        }

        var folder = Directory.CreateTempSubdirectory("beam-proxy-");
        var port = FreePort();
        var file = Path.Combine(folder.FullName, "proxy.conf");
        File.WriteAllText(file, config(port));
        var filled = arguments.Select(argument => argument.Replace("{folder}", folder.FullName, StringComparison.Ordinal));
        var process = Process.Start(new ProcessStartInfo(program, [.. filled, file]) { UseShellExecute = false })!;
        WaitUntilItListens(process, port);
        return new ProxyProcess(process, folder, port);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static void WaitUntilItListens(Process process, int port)
    {
        var started = Stopwatch.GetTimestamp();
        while (!process.HasExited && Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(10))
        {
            try
            {
                using var client = new TcpClient();
                client.Connect(IPAddress.Loopback, port);
                return;
            }
            catch (SocketException)
            {
                Thread.Sleep(20);
            }
        }

        throw new InvalidOperationException($"{process.StartInfo.FileName} did not start.");
    }
}
