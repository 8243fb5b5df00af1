import { readFileSync, readdirSync } from 'node:fs';
import { timeUs } from '@fluoroscope/model';
import { BASE_US, batchOf, documentOf, edgeFactOf, nodeFactOf, rowOf, serviceOf, traceIdOf, traceQueryOf, graphQueryOf } from '@fluoroscope/store/conformance';
import { openClickHouseStore } from '../open.ts';
import { startEngine } from './engine.ts';
const e = await startEngine();
const pid = readdirSync('/proc').filter(p=>/^\d+$/.test(p)).find(p=>{try{return readFileSync(`/proc/${p}/cmdline`,'utf8').includes('engine-process')&&readFileSync(`/proc/${p}/stat`,'utf8').split(' ')[3]===String(process.pid)}catch{return false}});
const cpu = () => { const f = readFileSync(`/proc/${pid}/stat`,'utf8').split(') ')[1]!.split(' '); return (Number(f[11])+Number(f[12]))/100 };
const own = () => { const u = process.cpuUsage(); return (u.user+u.system)/1e6 };
const s = await openClickHouseStore({url: e.url+'/m', credentials: e.credentials});
const SV = Array.from({length: 30}, (_, i) => serviceOf('service-'+i, 'AWS::ECS::Container', '123456789012'));
const text = (i: number) => JSON.stringify({ id: i.toString(16).padStart(16,'0'), name: 'checkout', http: { request: { url: 'https://shop.example.com/api/orders/' + i%9973, method: 'GET', user_agent: 'Mozilla/5.0 (X11; Linux x86_64)' } , response: {status: 200, content_length: i % 65000} }, annotations: { tenant: 't'+i%100, user: 'u'+(i*7919)%50000 }, subsegments: [1,2,3].map(k => ({ id: (i*k*2654435761%2**32).toString(16), name: 'DynamoDB', namespace: 'aws', start_time: 1.7e9+i/1e3, end_time: 1.7e9+i/1e3+.01, aws: { operation: 'GetItem', table_name: 'orders', request_id: (i*k*40503%2**32).toString(16) } })) });
let ownSum = 0, engSum = 0, wall = 0; const N = 12500, B = 12;
for (let b = 0; b < B; b++) {
  const nums = Array.from({length: N}, (_, i) => ((b*N+i)*2654435761 % 2**31) + 1);
  const batch = batchOf(b+1, { documents: nums.map((n, i) => documentOf(n, i, text(n))), traces: nums.map((n, i) => { const sv = [SV[n%30]!, SV[(n>>8)%30]!]; return rowOf(n, { start: (b*N+i)*1000, length: 5000 + n % 300000, services: sv, httpMethod: 'GET', httpUrl: 'https://shop.example.com/api/orders/' + n%9973, httpStatus: 200, userAgent: 'Mozilla', clientIp: '10.0.0.'+n%256, annotations: [{key:'tenant', value:'t'+n%100, services:[0]},{key:'user', value:'u'+n%50000, services:[0]},{key:'items', value:n%20, services:[0]}], updatedUs: timeUs(BASE_US) }) }),
    facts: nums.flatMap((n, i) => { const f = { trace: n, start: (b*N+i)*1000, length: 5000 + n % 300000 }; return [ {...nodeFactOf('a', f), service: SV[n%30]!}, {...nodeFactOf('a', f), service: SV[(n>>8)%30]!}, {...edgeFactOf('a','b', f), source: SV[n%30]!, target: SV[(n>>8)%30]!}, {...edgeFactOf('a','b', f), source: serviceOf('c','client'), target: SV[n%30]!}] }) });
  const a = own(), c = cpu(), w = performance.now();
  await s.write(batch);
  ownSum += own()-a; engSum += cpu()-c; wall += performance.now()-w;
}
const spans = N*B*4;
console.log('spans', spans, 'client cpu-s/M', (ownSum/spans*1e6).toFixed(1), 'engine cpu-s/M', (engSum/spans*1e6).toFixed(1), 'wall/batch ms', (wall/B).toFixed(0));
console.log('disk', await e.rows("select table, sum(bytes_on_disk), sum(rows) from system.parts where database='m' and active group by table"), (await s.readStats()).sizeBytes/spans);
const t = async (n: string, f: (i: number) => Promise<unknown>) => { const ms: number[] = []; for (let i = 0; i < 20; i++) { const a = performance.now(); await f(i); ms.push(performance.now()-a) } ms.sort((x,y)=>x-y); console.log(n, 'p50', ms[10]!.toFixed(0), 'p95', ms[18]!.toFixed(0)); };
const ids = Array.from({length: 20}, (_, i) => traceIdOf(((i*7321)*2654435761 % 2**31) + 1));
await t('documents by id', (i) => s.readDocuments([ids[i]!]));
await t('row by id', (i) => s.readTraceRows([ids[i]!]));
await t('search service+duration+annotation', (i) => s.findTraces(traceQueryOf({ condition: { op:'and', terms: [{op:'service',name:'service-'+i,type:null,accountId:null},{op:'annotation',key:'tenant',is:'=',value:'t'+i},{op:'number',field:'durationUs',is:'>',value:100000}]}, limit: 50 })));
await t('graph', () => s.readGraph(graphQueryOf()));
await s[Symbol.asyncDispose](); await e[Symbol.asyncDispose]();
